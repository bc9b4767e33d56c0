// Which firewall rules refused or dropped packets: their counters, read at the start, after a RST, and now and then.
import { formatMicros } from '../model/clock.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { run } from '../system/process.ts';
import { inNetns } from '../system/tools/ip-netns.ts';
import { findTool } from '../system/find-tool.ts';
import { describeIncreases, increases } from './counter-changes.ts';
import type { Counters } from './counter-changes.ts';
import { iptablesTables, parseIptablesSave, parseNftTable, parseNftTables } from './firewall-rules.ts';
import { startSampler } from './sampler.ts';
import type { Source, SourceContext } from './source.ts';

/** Rules are read this much less often than the counters in /proc: each reading starts programs. */
const readingsApart = 10;
/** A list of tables that takes longer than this is made for every tenth reading only. */
const longListingMs = 200;
/** After a RST a reading may take this share of the time: then the rules are what is asked for. */
const shareAfterReset = 0.05;

/** Tells which counters moved. */
export function ruleCountersSource(): Source {
  return {
    name: 'rule-counters',
    async start(context) {
      const { clock, node, file } = context;
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
      const sampler = startSampler({
        periodMs: context.pace.periodMs * readingsApart,
        share: context.pace.share,
        shareWhenAsked: Math.max(shareAfterReset, context.pace.share),
        monotonic: () => clock.monotonic(),
        async sample() {
          const now = await read();
          const readAt = clock.now();
          const changes = increases(before, now);
          const at = formatMicros(readAt);
          if (Object.keys(changes).length > 0) {
            const text = `${at} ${describeIncreases(changes)}`;
            raw.write(`${text}\n`);
            const base = { at, source: 'rule-counters', text, node, file } as const;
            context.emit({
              event: 'counters',
              ...base,
              scope: node,
              since: formatMicros(since),
              changes,
              values: {},
            });
          }
          before = now;
          since = readAt;
        },
        onError: (error) => context.limited(`a reading failed: ${messageOf(error)}`, null),
      });
      return {
        scope: `${Object.keys(before).length} rules that reject, drop or count`,
        onReset: () => sampler.soon(),
        async stop() {
          await sampler.stop();
          return { lost: 0, text: 'the last counters are read' };
        },
      };
    },
  };
}

/** One reading for each tool that is here. Tables that iptables made are left to iptables, which prints them as their makers wrote them. */
function ruleReaders({ netns, clock }: SourceContext): (() => Promise<Counters>)[] {
  let iptables: ReadonlySet<string> = new Set();
  const words = async (...argv: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(inNetns(netns, argv));
    // A table that is not there (any more), or not iptables', is no failure.
    return exitCode === 0 || /does not exist|no such file|incompatible|can't initialize/i.test(stderr)
      ? stdout
      : fail(argv, stderr);
  };
  const readIptables = async () => {
    const texts: string[] = [];
    for (const table of iptablesTables) texts.push(await words('iptables-save', '-c', '-t', table));
    const { counters, tables } = parseIptablesSave(texts.join('\n'));
    iptables = new Set([...tables, ...(tables.size > 0 ? ['nat'] : [])].map((table) => `ip ${table}`));
    return counters;
  };
  let nftTables: readonly string[] = [];
  let untilListed = 0;
  const listNftTables = async () => {
    if (untilListed > 0) {
      untilListed -= 1;
      return;
    }
    const begun = clock.monotonic();
    const tables = parseNftTables(await words('nft', 'list', 'tables'));
    nftTables = tables.filter((table) => !iptables.has(table));
    // Where there are thousands of rules, of whatever table, nft takes a second even for this.
    if (clock.monotonic() - begun > longListingMs) untilListed = 10;
  };
  const readNft = async () => {
    await listNftTables();
    let counters: Counters = {};
    for (const table of nftTables) {
      counters = { ...counters, ...parseNftTable(await words('nft', 'list', 'table', ...table.split(' '))) };
    }
    return counters;
  };
  return [
    ...(findTool('iptables-save') === undefined ? [] : [readIptables]),
    ...(findTool('nft') === undefined ? [] : [readNft]),
  ];
}

function fail(argv: readonly string[], stderr: string): never {
  throw new Problem('fault', `"${argv.join(' ')}": ${stderr.trim().split('\n')[0] ?? ''}`);
}
