// Addresses and ports of a packet as one key, a character for each of their bytes as they stand in it: made of a packet at a glance, and
// written out only for the few that are told of.
import type { Tuple } from '../model/node-event.ts';
import { formatAddress } from './ip-address.ts';

/** Source and destination address, source and destination port; alike for the packets of one direction of a connection alone. */
export type Way = string;

const portsLength = 4;

/** @param portsAt Where the ports stand; behind the addresses, but for options between them. */
export function readWay(data: Buffer, addressesAt: number, version: 4 | 6, portsAt: number): Way {
  const addressesEnd = addressesAt + (version === 4 ? 8 : 32);
  if (portsAt === addressesEnd) return data.toString('latin1', addressesAt, portsAt + portsLength);
  return (
    data.toString('latin1', addressesAt, addressesEnd) +
    data.toString('latin1', portsAt, portsAt + portsLength)
  );
}

const remembered = 16_384;
/** Written before: the packets of one direction share one. */
const tuples = new Map<Way, Tuple>();

/** The way in words. */
export function tupleOf(way: Way): Tuple {
  const known = tuples.get(way);
  if (known !== undefined) return known;
  if (tuples.size >= remembered) tuples.clear();
  const bytes = Buffer.from(way, 'latin1');
  const portsAt = bytes.length - portsLength;
  const version = portsAt === 8 ? 4 : 6;
  const tuple = {
    src: formatAddress(bytes, 0, version),
    dst: formatAddress(bytes, portsAt / 2, version),
    sport: bytes.readUInt16BE(portsAt),
    dport: bytes.readUInt16BE(portsAt + 2),
  };
  tuples.set(way, tuple);
  return tuple;
}

const flows = new Map<Way, string>();

/** The two ends in an order that does not depend on the direction: alike for all packets of a flow, and for no others. */
export function flowOf(way: Way): string {
  const known = flows.get(way);
  if (known !== undefined) return known;
  if (flows.size >= remembered) flows.clear();
  const opposite = turned(way);
  const flow = way < opposite ? way : opposite;
  flows.set(way, flow);
  flows.set(opposite, flow);
  return flow;
}

/** The way of what comes back. */
function turned(way: Way): Way {
  const half = (way.length - portsLength) / 2;
  const ports = 2 * half;
  return way.slice(half, ports) + way.slice(0, half) + way.slice(ports + 2) + way.slice(ports, ports + 2);
}
