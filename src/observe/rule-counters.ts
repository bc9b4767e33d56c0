// Which firewall rules refused or dropped packets: their counters, read at the start, after a RST, and now and then.
import { formatMicros } from '../model/clock.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { listIptablesCounters } from '../system/tools/iptables.ts';
import { listNftCounters, listNftTables } from '../system/tools/nft.ts';
import { findTool } from '../system/find-tool.ts';
import { describeIncreases, increases, type Counters } from './counter-changes.ts';
import { readAtIntervals } from './sampled-witness.ts';
import type { Witness, WitnessContext } from './witness.ts';

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
      let counters: Counters = {};
      for (const reader of readers) counters = { ...counters, ...(await reader()) };
      return counters;
    };
    let before = await read();
    let since = clock.now();
    const raw = context.openRaw();
    return readAtIntervals(context, {
      scope: `${Object.keys(before).length} rules that reject, drop or count`,
      end: () => 'the last counters are read',
      periodMs: context.pace.periodMs * readingsApart,
      shareWhenAsked: Math.max(shareAfterReset, context.pace.share),
      async sample() {
        const now = await read();
        const readAt = clock.now();
        const changes = increases(before, now);
        const at = formatMicros(readAt);
        if (Object.keys(changes).length > 0) {
          const text = `${at} ${describeIncreases(changes)}`;
          raw.write(`${text}\n`);
          const scoped = { scope: node, since: formatMicros(since) };
          context.emit({ event: 'counters', at, ...scoped, changes, values: {} }, text);
        }
        before = now;
        since = readAt;
      },
      onError: (error) => context.limited(`a reading failed: ${messageOf(error)}`, null),
    });
  },
};

/** One reading for each tool that is here. Tables that iptables made are left to iptables, which prints them as their makers wrote them. */
function ruleReaders({ netns, clock }: WitnessContext): (() => Promise<Counters>)[] {
  let iptables: ReadonlySet<string> = new Set();
  const readIptables = async () => {
    const { counters, tables } = await listIptablesCounters(netns);
    iptables = new Set([...tables, ...(tables.size > 0 ? ['nat'] : [])].map((table) => `ip ${table}`));
    return counters;
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
    let counters: Counters = {};
    for (const table of nftTables) counters = { ...counters, ...(await listNftCounters(netns, table)) };
    return counters;
  };
  return [
    ...(findTool('iptables-save') === undefined ? [] : [readIptables]),
    ...(findTool('nft') === undefined ? [] : [readNft]),
  ];
}
