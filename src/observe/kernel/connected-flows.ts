// Connections at addresses that several namespaces have, from the tables of each: what an interrupt tells of one names no namespace.
import { readFileSync } from 'node:fs';
import type { Tuple } from '../../model/node-event.ts';
import { formatIpv6 } from '../../packets/ip-address.ts';
import { plain } from './told.ts';

export type FlowTable = ReadonlyMap<string, 'ours' | 'foreign' | 'several'>;

interface Namespace {
  /** The folder in /proc of a process in it. */
  readonly proc: string;
}

/** The same text for both directions of a connection. */
export function flowOf({ src, sport, dst, dport }: Tuple): string {
  const [one, other] = [`${src} ${sport}`, `${dst} ${dport}`];
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** A table of this length takes some 20 ms. */
const mostRows = 10_000;

export function sharedFlowsIn(ours: readonly Namespace[], foreign: readonly Namespace[]): FlowTable {
  const flows = new Map<string, 'ours' | 'foreign' | 'several'>();
  if (ours.length === 0 || foreign.length === 0) return flows;
  for (const [namespaces, whose] of [
    [ours, 'ours'],
    [foreign, 'foreign'],
  ] as const) {
    for (const flow of namespaces.flatMap(({ proc }) => flowsIn(proc))) {
      const before = flows.get(flow) ?? whose;
      flows.set(flow, before === whose ? whose : 'several');
    }
  }
  return flows;
}

const flowsIn = (proc: string): string[] =>
  ['tcp', 'tcp6'].flatMap((table) => {
    try {
      return connectedIn(readFileSync(`${proc}/net/${table}`, 'utf8'));
    } catch {
      return [];
    }
  });

const row =
  /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{8}|[0-9A-F]{32}):(?!0000)([0-9A-F]{4}) /gm;

/** The flows of the connections in the text of /proc/net/tcp or tcp6. */
function connectedIn(table: string): string[] {
  const flows: string[] = [];
  for (const [, src = '', sport = '', dst = '', dport = ''] of table.matchAll(row)) {
    if (flows.length >= mostRows) break;
    flows.push(
      flowOf({
        ...{ src: addressOf(src), sport: Number.parseInt(sport, 16) },
        ...{ dst: addressOf(dst), dport: Number.parseInt(dport, 16) },
      }),
    );
  }
  return flows;
}

/** The kernel prints words of 32 bits as the machine has them in memory. */
function addressOf(digits: string): string {
  const bytes = Buffer.from(digits, 'hex');
  if (isLittleEndian) bytes.swap32();
  return bytes.length === 4 ? bytes.join('.') : plain(formatIpv6(bytes, 0));
}

const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
