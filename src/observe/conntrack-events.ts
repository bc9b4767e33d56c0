// What the node's connection tracking made, changed and removed, from `conntrack -E`.
import { formatMicros } from '../model/clock.ts';
import type { NodeEvent, Tuple } from '../model/node-event.ts';
import { enableConntrackTimestamps } from '../system/conntrack-timestamps.ts';
import { inNetns } from '../system/tools/ip-netns.ts';
import type { LineOrigin, NetlinkTool } from './netlink-tool.ts';

export const conntrackEvents: NetlinkTool = {
  name: 'conntrack-events',
  scope: 'TCP entries made, changed and removed',
  argv: (netns) => inNetns(netns, ['conntrack', '-E', '-p', 'tcp', '-o', 'timestamp,id,ktimestamp']),
  parse: parseConntrackLine,
  prepare: enableConntrackTimestamps,
};

const head =
  /^\[([0-9]{1,11})\.([0-9]{6})[0-9]*\]\s+\[(NEW|UPDATE|DESTROY)\]\s+(\S+)\s+[0-9]+\s+(?:[0-9]+\s+)?(?:([A-Z][A-Z0-9_]*)\s+)?src=/;
const tuple = /src=(\S+) dst=(\S+) sport=([0-9]{1,5}) dport=([0-9]{1,5})(?![0-9])/g;
const changes = { NEW: 'new', UPDATE: 'update', DESTROY: 'destroy' } as const;

/** Reads one line of `conntrack -E -o timestamp,id,ktimestamp`; undefined for anything else (ICMP entries have no ports). */
export function parseConntrackLine(text: string, origin: LineOrigin): NodeEvent | undefined {
  const match = head.exec(text);
  if (match === null) return undefined;
  const [original, reply] = [...text.matchAll(tuple)].map(([, src = '', dst = '', sport, dport]): Tuple => ({
    src,
    dst,
    sport: Number(sport),
    dport: Number(dport),
  }));
  if (original === undefined || reply === undefined) return undefined;
  return {
    event: 'conntrack',
    at: formatMicros(Number(match[1]) * 1_000_000 + Number(match[2])),
    source: 'conntrack-events',
    text,
    ...origin,
    change: changes[match[3] as keyof typeof changes],
    protocol: match[4] ?? '',
    state: match[5] ?? null,
    original,
    reply,
    id: /\bid=([0-9]+)/.exec(text)?.[1] ?? null,
    deletedByProgram: text.includes('[USERSPACE]'),
    portid: /\bportid=([0-9]+)/.exec(text)?.[1] ?? null,
    ...kernelTime('startedAt', /\[start=([^\]]+)\]/.exec(text)?.[1]),
    ...kernelTime('stoppedAt', /\[stop=([^\]]+)\]/.exec(text)?.[1]),
  };
}

/** The tool prints the kernel's times like `Mon Nov 23 07:13:37 2026`, in the time zone that we run it in. */
function kernelTime(name: 'startedAt' | 'stoppedAt', text: string | undefined): Record<string, string> {
  const at = Date.parse(`${text ?? ''} UTC`);
  return Number.isNaN(at) ? {} : { [name]: formatMicros(at * 1_000) };
}
