// Tells data that was sent again from a packet that was captured again on another interface.
//
// What is sent again has the sequence number of before. So has the copy of a packet on the next interface of its way: veth, bridge,
// uplink. A copy keeps its IP id and the value of its timestamp option, while Linux gives each transmission a new id (not in IPv6,
// which has none) and the time of its sending. Where neither is there to tell, the same place is passed twice only by two
// transmissions, or by a packet that was captured or bridged twice, which follows at once. What cannot be told counts as a copy:
// a retransmission too few is a fact not seen, one too many is a loss that never was.
import type { LinkHeader } from './link-layer.ts';
import { tcpFlags, type TcpPacket } from './tcp-packet.ts';
import type { Way } from './way.ts';

export interface RetransmissionCounter {
  /** How often its sender had sent what is in this packet before; 0 for packets without data or SYN. `at`: µs since the epoch. */
  seenBefore(at: number, link: LinkHeader, packet: TcpPacket): number;
}

/** Sequence numbers remembered per flow: what is sent again is among the last that were sent. */
const rememberedPerFlow = 16;
/** Transmissions remembered of each number. */
const rememberedPerNumber = 4;
/** Linux sends again on time-out no sooner: TCP_RTO_MIN, include/net/tcp.h. */
const soonestTimeout = 200_000;

interface Transmission {
  seq: number;
  at: number;
  ipId: number;
  timestamp: number | null;
  /** Where it was seen first: interface, direction, link-layer addresses and TTL. */
  place: number;
  /** How often the same had been sent before. */
  before: number;
  /** The one before this one, which may still come by elsewhere; null where it is forgotten. */
  former: Transmission | null;
}

/** One direction of a connection. */
interface Flow {
  readonly sent: Transmission[];
  /** The sequence number that follows all that was sent. */
  next: number;
  /** Since it was last looked at for being forgotten. */
  wasUsed: boolean;
}

/** Remembers at most `maxFlows` one-way flows; the one that was quiet for longest is forgotten first. */
export function createRetransmissionCounter(maxFlows = 20_000): RetransmissionCounter {
  // In the order in which they came, or were found to have been used since.
  const flows = new Map<Way, Flow>();
  // Several at once: whoever walks through a map steps over the places of those that were taken out of it, too.
  const atOnce = Math.ceil(maxFlows / 16);
  const forgetSome = () => {
    let forgotten = 0;
    for (const [way, flow] of flows) {
      flows.delete(way);
      if (!flow.wasUsed) {
        forgotten += 1;
        if (forgotten === atOnce) return;
        continue;
      }
      flow.wasUsed = false;
      flows.set(way, flow);
    }
  };
  return {
    seenBefore(at, link, packet) {
      const { way, flags, seq, payloadLength, ipId, timestamp } = packet;
      const isSyn = (flags & tcpFlags.syn) !== 0;
      if (payloadLength === 0 && !isSyn) return 0;
      const next = (seq + payloadLength + (isSyn ? 1 : 0)) >>> 0;
      let flow = flows.get(way);
      if (flow === undefined || (isSyn && placeIn(flow.sent, seq) < 0)) {
        flows.delete(way);
        flow = { sent: [], next, wasUsed: false };
        flows.set(way, flow);
        if (flows.size > maxFlows) forgetSome();
      } else {
        flow.wasUsed = true;
      }
      // Numbers begin anew after 2^32. What begins behind all that was sent is new, and need not be looked for.
      const index = ((seq - flow.next) | 0) >= 0 ? -1 : placeIn(flow.sent, seq);
      if (index < 0 && isKeepAlive(packet, flow)) return 0;
      if (((next - flow.next) | 0) > 0) flow.next = next;
      return countOne(flow.sent, index, { seq, at, ipId, timestamp, place: placeOf(link, packet) });
    },
  };
}

/** Of the last transmission with this number; −1 for none. */
function placeIn(sent: readonly Transmission[], seq: number): number {
  for (let index = sent.length - 1; index >= 0; index -= 1) if (sent[index]?.seq === seq) return index;
  return -1;
}

/** Some systems ask whether the peer is still there with the last byte again, on its own, which no segment began with. */
const isKeepAlive = ({ seq, payloadLength }: TcpPacket, { next }: Flow): boolean =>
  payloadLength === 1 && next === (seq + 1) >>> 0;

const shortened = (one: Transmission, length: number): Transmission => {
  return { ...one, former: one.former === null || length <= 1 ? null : shortened(one.former, length - 1) };
};

type Seen = Omit<Transmission, 'before' | 'former'>;

/** @param index Where in `sent` the last transmission with this number is; −1 for none. */
function countOne(sent: Transmission[], index: number, seen: Seen): number {
  const last = sent[index] ?? null;
  let oldest = last;
  for (let known = last; known !== null; known = known.former) {
    if (isCopy(seen, known)) return known.before;
    oldest = known;
  }
  // Packets that waited together for a neighbour's address leave in any order: what was sent before is not sent again.
  if (last !== null && oldest !== null && wasSentBefore(seen, last)) return Math.max(0, oldest.before - 1);
  const before = last === null ? 0 : last.before + 1;
  const { seq, at, ipId, timestamp, place } = seen;
  const former = last === null ? null : shortened(last, rememberedPerNumber - 1);
  const transmission = { seq, at, ipId, timestamp, place, before, former };
  if (last !== null) {
    sent[index] = transmission;
    return before;
  }
  // Most is sent once: the oldest one's place is taken by the newest, which leaves nothing to collect.
  const oldestOfAll = sent.length < rememberedPerFlow ? undefined : sent.shift();
  sent.push(oldestOfAll === undefined ? transmission : Object.assign(oldestOfAll, transmission));
  return before;
}

/** Whether a packet is one that was seen before, and not sent again. */
function isCopy(seen: Seen, known: Transmission): boolean {
  // An id of 0 says nothing: senders and routers may clear it where fragmenting is forbidden (RFC 6864).
  if (seen.ipId !== known.ipId && seen.ipId !== 0 && known.ipId !== 0) return false;
  if (seen.timestamp !== null && known.timestamp !== null) return seen.timestamp === known.timestamp;
  return seen.place !== known.place || Math.abs(seen.at - known.at) < soonestTimeout;
}

/** By the sender's own clock, whose values begin anew after 2^32. */
const wasSentBefore = (seen: Seen, known: Transmission): boolean =>
  seen.timestamp !== null && known.timestamp !== null && ((seen.timestamp - known.timestamp) | 0) < 0;

/** A number for the place; two places may have the same by chance of 2^-31, which is harmless: see above. */
function placeOf({ interfaceIndex, direction, addresses }: LinkHeader, { ttl }: TcpPacket): number {
  const way = direction === null ? 0 : direction === 'in' ? 1 : 2;
  let hash = (Math.imul(addresses, 31) + (interfaceIndex ?? -1)) | 0;
  hash = (Math.imul(hash, 31) + way) | 0;
  return (Math.imul(hash, 31) + ttl) | 0;
}
