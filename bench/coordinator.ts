// What the coordinator of a large cluster takes, started as its pod starts it, and how long it takes to listen, against `node -e 0`.
//   npm run bench:coordinator -- [--nodes N] [--rounds N] [--program FILE] [--json]
// --program measures another build of it too, dist/cli/start.mjs after `npm run prepack` for example, taking turns with the sources.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { coordinatorMemory, type CoordinatorMemory, type Resident } from './coordinator/memory.ts';
import { fillCompileCache, msUntilItEnds, msUntilItListens } from './coordinator/start.ts';
import { median } from './probing/spread.ts';

const { values: flags } = parseArgs({
  options: {
    nodes: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '15' },
    program: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const size = Number(flags.nodes);
/** The limits that were set for 5,000 nodes. */
const [mostMib, mostTimes] = [60, 2];

const cache = mkdtempSync(join(tmpdir(), 'netdebug-compiled-'));
/** As the manifest and the image start it. */
const environment = { NODE_COMPILE_CACHE: cache, MALLOC_ARENA_MAX: '1' };
const options = ['--max-semi-space-size=1'];
const programs = [
  resolve(import.meta.dirname, '../src/cli/start.mjs'),
  ...(flags.program === undefined ? [] : [resolve(flags.program)]),
];
const wordsOf = (program: string) => [process.execPath, ...options, program];

try {
  const memory: Record<string, CoordinatorMemory> = {};
  const startMs: Record<string, number[]> = {};
  const emptyMs: number[] = [];
  for (const program of programs) {
    process.stderr.write(`memory of ${program}\n`);
    await fillCompileCache(wordsOf(program), environment);
    memory[program] = await coordinatorMemory(wordsOf(program), size, environment);
  }
  for (let round = 1; round <= Number(flags.rounds); round++) {
    process.stderr.write(`start, round ${round}\n`);
    emptyMs.push(await msUntilItEnds([process.execPath, '-e', '0']));
    for (const program of programs)
      (startMs[program] ??= []).push(await msUntilItListens(wordsOf(program), environment));
  }
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ size, memory, startMs, emptyMs }, null, 1)}\n`);
  } else {
    for (const program of programs) show(program, memory[program], startMs[program] ?? [], emptyMs);
  }
} finally {
  rmSync(cache, { recursive: true, force: true });
}

function show(
  program: string,
  memory: CoordinatorMemory | undefined,
  times: readonly number[],
  empty: readonly number[],
): void {
  const print = (text: string) => process.stdout.write(`${text}\n`);
  const verdict = (met: boolean) => (met ? 'met' : 'missed');
  const mib = ({ now, peak, own, charged }: Resident) =>
    `${now.toFixed(0)} MiB resident, of them ${own.toFixed(0)} its own and ${(now - own).toFixed(0)} of Node.js’s file; at most ${peak.toFixed(0)}${charged === null ? '' : `; ${charged.toFixed(0)} charged to its cgroup`}`;
  print(`\n${program}`);
  if (memory !== undefined) {
    print(`${size} nodes read and planned: ${mib(memory.synced)}`);
    print(`  (limit ${mostMib} MiB: ${verdict(memory.synced.peak <= mostMib)})`);
    print(`after a while of heartbeats: ${mib(memory.watching)}`);
    print(`with an agent of each node waiting: ${mib(memory.polled)}`);
  }
  const ratios = times.map((time, round) => time / (empty[round] ?? Number.NaN));
  print(`until it listens: ${spread(times)} ms; node -e 0: ${spread(empty)} ms`);
  print(`  ratio ${spread(ratios, 2)} (limit ${mostTimes}: ${verdict(median(ratios) <= mostTimes)})`);
}

function spread(values: readonly number[], digits = 0): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median([...values]).toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}
