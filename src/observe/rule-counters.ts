// Which firewall rules refused or dropped packets: their counters, read at the start, after a RST, and now and then.
import { formatMicros } from '../model/clock.ts';
import type { IcmpErrorEvent } from '../model/node-event.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { listIptablesCounters } from '../system/tools/iptables.ts';
import { listNftTables, readNftTable } from '../system/tools/nft.ts';
import { findTool } from '../system/find-tool.ts';
import { increases, type Counters } from './counter-changes.ts';
import { ownerOfRule } from './rules/owner-of-rule.ts';
import { readAtIntervals } from './sampled-witness.ts';
import type { Limit, Witness, WitnessContext } from './witness.ts';

/** Rules are read this much less often than the counters in /proc: each reading starts programs. */
const readingsApart = 10;
/** A list of tables that takes longer than this is made for every tenth reading only. */
const longListingMs = 200;
/** After a RST a reading may take this share of the time: then the rules are what is asked for. */
const shareAfterReset = 0.05;

/** Tells which counters moved. */
export const ruleCounters: Witness = {
  name: 'rule-counters',
  extension: 'log',
  share: 3,
  async start(context) {
    const { clock, node } = context;
    const readers = ruleReaders(context);
    if (readers.length === 0) throw new Problem('missing', 'neither iptables-save nor nft is installed');
    const read = async () => {
      const readings: Reading[] = [];
      for (const reader of readers) readings.push(await reader());
      return together(readings);
    };
    let before = await read();
    let since = clock.now();
    let refused: readonly string[] = [];
    const raw = context.openRaw();
    const readings = readAtIntervals(context, {
      scope: `${Object.keys(before.counters).length} rules that reject, drop or count`,
      limit: limitOf(before),
      end: () => 'the last counters are read',
      periodMs: context.pace.periodMs * readingsApart,
      shareWhenAsked: Math.max(shareAfterReset, context.pace.share),
      // On a busy machine starting these programs takes so long that a rule would come and go between two readings.
      urgent: 2,
      async sample() {
        const now = await read();
        const readAt = clock.now();
        const changes = increases(before.counters, now.counters);
        const at = formatMicros(readAt);
        const values = turned(refused, now.refused);
        if (Object.keys(changes).length + Object.keys(values).length > 0) {
          const owners = ownersOf(changes);
          const text = `${at} ${[...describeRules(changes, owners), ...describeTurned(values)].join(', ')}`;
          raw.write(`${text}\n`);
          const scoped = { scope: node, since: formatMicros(since) };
          const told = Object.keys(owners).length === 0 ? {} : { owners };
          context.emit({ event: 'counters', at, ...scoped, changes, values, ...told }, text);
        }
        const limit = limitOf(now);
        if (limit !== null && limit.text !== limitOf(before)?.text)
          context.limited(limit.text, null, limit.blindTo);
        before = now;
        refused = now.refused;
        since = readAt;
      },
      onError: (error) => context.limited(`a reading failed: ${messageOf(error)}`, null),
    });
    return {
      ...readings,
      // A rule that refuses by ICMP makes no RST, and may stand for a few seconds only.
      onTold(event) {
        if (event.event === 'icmp-error' && isUnreachable(event)) readings.onReset?.();
      },
    };
  },
};

/** ICMP's number for it, and ICMPv6's. */
const isUnreachable = ({ type, tuple }: IcmpErrorEvent): boolean =>
  type === (tuple.src.includes(':') ? 1 : 3);

function ownersOf(changes: Counters): Record<string, string> {
  const names = Object.keys(changes).flatMap((rule) => {
    const owner = ownerOfRule(rule);
    return owner === undefined ? [] : [[rule, owner] as const];
  });
  return Object.fromEntries(names);
}

/** `filter cali-fw-cali1 -j DROP +2 (rule of Calico)` */
const describeRules = (changes: Counters, owners: Readonly<Record<string, string>>): string[] =>
  Object.entries(changes).map(
    ([rule, by]) => `${rule} +${by}${owners[rule] === undefined ? '' : ` (rule of ${owners[rule]})`}`,
  );

interface Reading {
  readonly counters: Counters;
  /** Rules that end packets without counting them. */
  readonly uncounted: { readonly reject: number; readonly drop: number };
  /** What is refused by a verdict map, which counts nothing. */
  readonly refused: readonly string[];
}

function together(readings: readonly Reading[]): Reading {
  const sum = (ending: 'reject' | 'drop') =>
    readings.reduce((all, { uncounted }) => all + uncounted[ending], 0);
  return {
    counters: Object.assign({}, ...readings.map(({ counters }) => counters)) as Counters,
    uncounted: { reject: sum('reject'), drop: sum('drop') },
    refused: readings.flatMap(({ refused }) => refused),
  };
}

/** What is refused since the last reading, as 1, and what is no longer, as 0. */
function turned(before: readonly string[], now: readonly string[]): Counters {
  const [old, current] = [new Set(before), new Set(now)];
  return Object.fromEntries([
    ...now.filter((name) => !old.has(name)).map((name) => [name, 1] as const),
    ...before.filter((name) => !current.has(name)).map((name) => [name, 0] as const),
  ]);
}

const describeTurned = (values: Counters): string[] =>
  Object.entries(values).map(([name, is]) => `${name} ${is === 1 ? 'is refused' : 'is refused no longer'}`);

/** What of the rules cannot be followed; null when all can be. */
function limitOf({ uncounted: { reject, drop } }: Reading): Limit | null {
  if (reject + drop === 0) return null;
  const rules =
    reject + drop === 1
      ? '1 rule rejects or drops and has'
      : `${reject + drop} rules reject or drop and have`;
  return {
    text: `${rules} no counter: whether they did, this witness cannot see (${reject} reject, ${drop} drop)`,
    blindTo: [...(reject > 0 ? (['reject'] as const) : []), ...(drop > 0 ? (['drop'] as const) : [])],
  };
}

/** One reading for each tool that is here. Tables that iptables made are left to iptables, which prints them as their makers wrote them. */
function ruleReaders({ netns, clock }: WitnessContext): (() => Promise<Reading>)[] {
  let iptables: ReadonlySet<string> = new Set();
  const readIptables = async () => {
    const { counters, tables } = await listIptablesCounters(netns);
    iptables = new Set([...tables, ...(tables.size > 0 ? ['nat'] : [])].map((table) => `ip ${table}`));
    return { counters, uncounted: { reject: 0, drop: 0 }, refused: [] };
  };
  let nftTables: readonly string[] = [];
  let untilListed = 0;
  const lookForTables = async () => {
    if (untilListed > 0) {
      untilListed -= 1;
      return;
    }
    const begun = clock.monotonic();
    const tables = await listNftTables(netns);
    nftTables = tables.filter((table) => !iptables.has(table));
    // Where there are thousands of rules, of whatever table, nft takes a second even for this.
    if (clock.monotonic() - begun > longListingMs) untilListed = 10;
  };
  const readNft = async () => {
    await lookForTables();
    const readings: Reading[] = [];
    for (const table of nftTables) readings.push(await readNftTable(netns, table));
    return together(readings);
  };
  return [
    ...(findTool('iptables-save') === undefined ? [] : [readIptables]),
    ...(findTool('nft') === undefined ? [] : [readNft]),
  ];
}
