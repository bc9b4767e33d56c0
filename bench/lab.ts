// How long the lab takes from the command to its first probe, and from the end of the clients to the end of the command.
// Runs the real command; prints medians of several runs and, to compare, what one bare start of Node costs on this machine.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const rounds = 5;
const program = resolve(import.meta.dirname, '../bin/netdebug');

interface Round {
  readonly firstProbeMs: number;
  readonly tidyingMs: number;
  readonly nodeStartMs: number;
}

const results: Round[] = [];
for (let round = 0; round < rounds; round += 1) {
  process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  results.push(await oneRound());
}
const median = (pick: (round: Round) => number) => {
  const sorted = results.map(pick).sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
};
const rows = [
  ['command to first answered probe', median((round) => round.firstProbeMs), 2_000],
  ['end of the measurement to end of the command', median((round) => round.tidyingMs), 1_000],
] as const;
for (const [what, value, limit] of rows) {
  process.stdout.write(`${what}: ${value} ms (limit ${limit} ms: ${value < limit ? 'met' : 'missed'})\n`);
}
process.stdout.write(`for comparison, one bare start of Node: ${median((round) => round.nodeStartMs)} ms\n`);

async function oneRound(): Promise<Round> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-bench-'));
  try {
    const nodeStartMs = await timeOf(process.execPath, ['-e', '0']);
    const durationMs = 2_000;
    const startedAt = Date.now();
    const words = [
      'lab',
      'run',
      '--duration',
      `${durationMs}ms`,
      '--expect',
      'any',
      '--out',
      join(folder, 'run'),
    ];
    await timeOf(program, words);
    const endedAt = Date.now();
    const events = (await readFile(join(folder, 'run', 'events.ndjson'), 'utf8')).trim().split('\n');
    const times = events
      .map((line) => JSON.parse(line) as { event: string; at: string })
      .filter((event) => event.event === 'answered')
      .map((event) => Date.parse(event.at));
    return {
      firstProbeMs: Math.min(...times) - startedAt,
      tidyingMs: endedAt - Math.max(...times),
      nodeStartMs,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timeOf(file: string, args: readonly string[]): Promise<number> {
  const begun = performance.now();
  const child = spawn(file, args, { stdio: 'ignore' });
  const code = await new Promise<number | null>((done) => child.once('close', done));
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${String(code)}`);
  return performance.now() - begun;
}
