// Connection tracking's own counters: packets judged invalid, entries refused, port clashes, and how full the table is.
import { readFileSync } from 'node:fs';
import { formatMicros } from '../model/clock.ts';
import { Problem } from '../model/problem.ts';
import { describeIncreases, increases, type Counters } from './counter-changes.ts';
import { readAtIntervals } from './sampled-witness.ts';
import type { Witness } from './witness.ts';

export interface ConntrackStats {
  /** Summed over the CPUs. */
  readonly counters: Counters;
  /** Entries in the table. */
  readonly count: number;
}

// Of the table's inner life, not of packets' fates.
const ignored = new Set(['entries', 'chainlength', 'expect_new', 'expect_create', 'expect_delete']);

/** Parses /proc/net/stat/nf_conntrack: names in the first line, then a line of hexadecimal numbers per CPU. */
export function parseConntrackStats(text: string): ConntrackStats | undefined {
  const [head = '', ...lines] = text.trim().split('\n');
  const names = head.trim().split(/\s+/);
  if (names[0] !== 'entries' || lines.length === 0) return undefined;
  const counters: Record<string, number> = {};
  let count = 0;
  for (const line of lines) {
    const values = line.trim().split(/\s+/);
    // A line cut off tells too little about its CPU to be added to the others.
    if (values.length !== names.length) continue;
    names.forEach((name, index) => {
      const value = Number.parseInt(values[index] ?? '', 16);
      if (name === 'entries') count = value;
      else if (!ignored.has(name)) counters[name] = (counters[name] ?? 0) + value;
    });
  }
  return { counters, count };
}

/** Reads the counters at intervals and tells when one moved. The first event, without changes, tells how full the table is. */
export const conntrackStats: Witness = {
  name: 'conntrack-stats',
  extension: 'log',
  share: 3,
  start(context) {
    const { node, clock } = context;
    const read = () => {
      const stats = parseConntrackStats(readFileSync(`${context.proc}/net/stat/nf_conntrack`, 'utf8'));
      if (stats === undefined) throw new Problem('fault', 'the counters have a form that we do not know');
      return stats;
    };
    const max = readMax();
    const raw = context.openRaw();
    let before = readOr(
      read,
      'this kernel does not count connection tracking (no net/stat/nf_conntrack in /proc)',
    );
    let since = clock.now();
    const tell = ({ count }: ConntrackStats, changes: Record<string, number>, at: number) => {
      const values = { nf_conntrack_count: count, ...(max === null ? {} : { nf_conntrack_max: max }) };
      const text = `${formatMicros(at)} ${describeIncreases(changes) || 'nothing moved'}; ${count} of ${max ?? '?'} entries`;
      raw.write(`${text}\n`);
      const reading = { scope: node, since: formatMicros(since), changes, values };
      context.emit({ event: 'counters', at: formatMicros(at), ...reading }, text);
    };
    tell(before, {}, since);
    return readAtIntervals(context, {
      scope: `every ${context.pace.periodMs} ms`,
      end: () => 'the last counters are read',
      sample() {
        const now = read();
        const at = clock.now();
        const changes = increases(before.counters, now.counters);
        if (Object.keys(changes).length > 0) tell(now, changes, at);
        before = now;
        since = at;
      },
    });
  },
};

/** The table's size is one for all namespaces, so that our own tells it; null where that may not be read. */
function readMax(): number | null {
  try {
    return Number(readFileSync('/proc/sys/net/netfilter/nf_conntrack_max', 'utf8'));
  } catch {
    return null;
  }
}

function readOr(read: () => ConntrackStats, otherwise: string): ConntrackStats {
  try {
    return read();
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('missing', otherwise, { cause: error });
  }
}
