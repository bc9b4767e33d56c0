// What `netdebug watch` costs, how fast it is, and whether it counts all, in private namespaces with connections of somebody else.
//   npm run bench:watch -- [PART...] [--rounds N] [--seconds N] [--soak 20m] [--json] [--write]
// PART: latency (100 resets a second for 30 s), burst (10,000 resets at once), cost (beside 10,000 connections with 2,000 exchanges a
// second, against tcpdump with the same filter), soak (only with --soak, or when it is named); default: the first three.
//   --rounds N       of cost; each program takes a turn in each (default 5)
//   --seconds N      that each is measured (default 30)
//   --connections N, --exchanges N, --resets N   sizes, for a try
//   --write          keeps the page in docs/watch-cost.md
// Needs root, tcpdump, ss and conntrack. Exits with 1 when a limit is missed.
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { sandboxArgv } from '../src/lab/world/sandbox.ts';
import { parseDuration } from '../src/model/duration.ts';
import { isMet } from './probing/spread.ts';
import type { InsideResults, InsideSpec } from './watch/inside.ts';
import { sectionsOf, watchCostPage } from './watch/page.ts';
import { runInside } from './watch/run-inside.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '30' },
    connections: { type: 'string', default: '10000' },
    exchanges: { type: 'string', default: '2000' },
    resets: { type: 'string', default: '100' },
    soak: { type: 'string' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const [rounds, seconds, connections, exchangesPerSecond, perSecond] = [
  ...[flags.rounds, flags.seconds, flags.connections, flags.exchanges, flags.resets].map(Number),
] as [number, number, number, number, number];
const settleSeconds = Math.min(20, seconds);
const specs: Readonly<Record<InsideSpec['part'], InsideSpec>> = {
  latency: { part: 'latency', perSecond, seconds },
  burst: { part: 'burst', connections },
  cost: { part: 'cost', connections, exchangesPerSecond, rounds, settleSeconds, seconds },
  soak: {
    part: 'soak',
    ...{ connections, exchangesPerSecond, lossesPerSecond: Math.min(10, perSecond) },
    ...{ settleSeconds: 3 * settleSeconds, seconds: parseDuration(flags.soak ?? '20m') / 1_000 },
  },
};
const usual = ['latency', 'burst', 'cost', ...(flags.soak === undefined ? [] : ['soak'])];
const wanted = positionals.length === 0 ? usual : positionals;
const results: Partial<InsideResults> = {};
for (const part of wanted) {
  if (!isPart(part)) {
    process.stderr.write(`bench:watch: "${part}": choose from ${Object.keys(specs).join(', ')}.\n`);
    process.exit(64);
  }
  process.stderr.write(`${part}\n`);
  Object.assign(results, { [part]: await runInside(sandboxArgv(true), specs[part]) });
}
const [cpu] = cpus();
const circumstances = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, Node.js ${process.version}`,
  ...{ rounds, seconds, settleSeconds, connections, exchangesPerSecond, perSecond },
};
const page = watchCostPage(results, circumstances);
process.stdout.write(flags.json ? `${JSON.stringify(results)}\n` : page);
if (flags.write) await writeFile(resolve(import.meta.dirname, '../docs/watch-cost.md'), page);
const missed = sectionsOf(results, circumstances)
  .flatMap(({ figures }) => figures)
  .filter((figure) => isMet(figure) === false);
for (const { name } of missed) process.stderr.write(`missed: ${name}\n`);
process.exitCode = missed.length === 0 ? 0 : 1;

function isPart(part: string): part is InsideSpec['part'] {
  return Object.hasOwn(specs, part);
}
