// How long the program takes from its command line to its end where that asks little of it, as the published package starts, against
// `node -e 0`, in rounds in which each takes a turn.
//   npm run bench:startup -- [--rounds N] [--single FILE] [--json]
// --single measures a single file too, as scripts/build-single.mjs makes it.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pairedRatios, shuffled, spreadOf } from './probing/spread.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '25' },
    single: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const root = resolve(import.meta.dirname, '..');

interface Start {
  readonly name: string;
  readonly words: readonly string[];
  /** How many times as long as `node -e 0` it may take; null where none was set. */
  readonly most: number | null;
}

/** Command lines, and the most that each may take in the package. */
const commands: readonly (readonly [line: string, most: number])[] = [
  ['--help', 1.3],
  ['version', 1.3],
  ['explain conntrack-invalid', 1.6],
  ['lab list', 2],
];
const empty: Start = { name: 'node -e 0', words: [process.execPath, '-e', '0'], most: null };

const folder = await mkdtemp(join(tmpdir(), 'netdebug-startup-'));
try {
  const { bundleModules } = (await import(join(root, 'scripts/bundle/bundle.mjs'))) as {
    bundleModules: (root: string, out: string) => Promise<string[]>;
  };
  const home = join(folder, 'dist/cli');
  await bundleModules(root, home);
  const inPackage = commands.map(([line, most]): Start => {
    const words = [process.execPath, join(home, 'start.mjs'), ...line.split(' ')];
    return { name: `netdebug ${line}`, words, most };
  });
  const { single } = flags;
  const alone = (single === undefined ? [] : commands).map(([line]): Start => ({
    ...{ name: `single file: ${line}`, most: null },
    words: [resolve(single ?? ''), ...line.split(' ')],
  }));
  const starts = [empty, ...inPackage, ...alone];
  const times = await measure(starts, Number(flags.rounds));
  if (flags.json) process.stdout.write(`${JSON.stringify(Object.fromEntries(times), null, 1)}\n`);
  else for (const start of starts) show(start, times);
} finally {
  await rm(folder, { recursive: true, force: true });
}

type Times = ReadonlyMap<string, readonly number[]>;

/** Milliseconds by name, one a round; the first round, in which what was compiled is kept, does not count. */
async function measure(starts: readonly Start[], rounds: number): Promise<Times> {
  const times = new Map<string, number[]>(starts.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    process.stderr.write(`round ${round} of ${rounds}\n`);
    for (const { name, words } of shuffled(starts, Math.random)) {
      const ms = await msOf(words);
      if (round > 0) times.get(name)?.push(ms);
    }
  }
  return times;
}

/** As a user has it: what was compiled is kept in their home, which is a folder of ours here. */
async function msOf([file = '', ...words]: readonly string[]): Promise<number> {
  const env = { PATH: process.env['PATH'], HOME: folder };
  const begun = performance.now();
  const child = spawn(file, words, { stdio: ['ignore', 'ignore', 'inherit'], env });
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`${file} ${words.join(' ')} ended with ${String(code)}`);
  return performance.now() - begun;
}

function show({ name, most }: Start, times: Times): void {
  const own = times.get(name) ?? [];
  const ratios = pairedRatios(own, times.get(empty.name) ?? []);
  const limit =
    most === null ? '' : ` (limit ${most}: ${spreadOf(ratios).middle <= most ? 'met' : 'missed'})`;
  const fastest = Math.min(...own);
  const least = (fastest / Math.min(...(times.get(empty.name) ?? []))).toFixed(2);
  const ratio =
    name === empty.name
      ? ''
      : `; ${inWords(ratios, 2)} times node -e 0${limit}, the fastest ${least} times its`;
  process.stdout.write(`${name}: ${inWords(own, 1)} ms, ${fastest.toFixed(1)} at least${ratio}\n`);
}

/** The median, and in brackets the quartiles: on a busy machine they are far apart, and the fastest of all says more. */
function inWords(values: readonly number[], digits: number): string {
  const { low, middle, high } = spreadOf(values);
  return `${middle.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}
