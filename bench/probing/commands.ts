// How long the program takes from its command line to its end where that asks little of it, as the package and as one file, against
// `node -e 0`, in rounds in which each takes a turn.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Say } from './rounds.ts';
import { pairedRatios, shuffled } from './spread.ts';

const root = resolve(import.meta.dirname, '../..');

/** Command lines, and how many times as long as `node -e 0` each may take. */
const commands: readonly (readonly [line: string, most: number])[] = [
  ['--help', 1.3],
  ['version', 1.3],
  ['explain conntrack-invalid', 1.6],
  ['lab list', 2],
];

interface Start {
  readonly name: string;
  readonly words: readonly string[];
  /** Null for `node -e 0` itself. */
  readonly most: number | null;
}

export interface Started extends Omit<Start, 'words'> {
  /** Milliseconds, one a round. */
  readonly ms: readonly number[];
  /** To those of `node -e 0`, round by round. */
  readonly ratios: readonly number[];
}

/**
 * Measures the package, and the single file `single` where there is one; `node -e 0` is the first of what it resolves with. The first round,
 * in which what was compiled is kept, does not count.
 * @param folder An empty one, for the package and for the home in which it keeps what was compiled.
 */
export async function measureCommands(
  folder: string,
  single: string | null,
  rounds: number,
  say: Say,
): Promise<Started[]> {
  const home = join(folder, 'dist/cli');
  const { bundleModules } = (await import(join(root, 'scripts/bundle/bundle.mjs'))) as {
    bundleModules: (root: string, out: string) => Promise<string[]>;
  };
  await bundleModules(root, home);
  const empty: Start = { name: 'node -e 0', words: [process.execPath, '-e', '0'], most: null };
  const starts = [
    empty,
    ...each('package', [process.execPath, join(home, 'start.mjs')]),
    ...(single === null ? [] : each('one file', [resolve(single)])),
  ];
  const times = new Map<Start, number[]>(starts.map((start) => [start, []]));
  for (let round = 0; round <= rounds; round += 1) {
    say(`commands that ask little, round ${round} of ${rounds}`);
    for (const start of shuffled(starts, Math.random)) {
      const ms = await msOf(start.words, folder);
      if (round > 0) times.get(start)?.push(ms);
    }
  }
  const ofEmpty = times.get(empty) ?? [];
  return [...times].map(([{ name, most }, ms]) => ({ name, most, ms, ratios: pairedRatios(ms, ofEmpty) }));
}

const each = (what: string, program: readonly string[]): Start[] =>
  commands.map(([line, most]) => ({
    name: `${what}: ${line}`,
    words: [...program, ...line.split(' ')],
    most,
  }));

/** As a user has it: what was compiled is kept in their home. */
async function msOf([file = '', ...words]: readonly string[], home: string): Promise<number> {
  const env = { PATH: process.env['PATH'], HOME: home };
  const begun = performance.now();
  const child = spawn(file, words, { stdio: ['ignore', 'ignore', 'inherit'], env });
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`${file} ${words.join(' ')} ended with ${String(code)}`);
  return performance.now() - begun;
}
