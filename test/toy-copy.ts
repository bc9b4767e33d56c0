// A copy of the sources in which a test may add something, to see whether the checks and the program take it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);

/** Paths are relative to the repository. `insert` becomes a line of its own below the one line that is `after`, spaces apart. */
export type Edit =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly after: string; readonly insert: string };

/** What a program printed and how it ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToyCopy {
  /** The copy's folder; it has `src`, the configurations and the packages, and no tests. */
  readonly folder: string;
  /** `npm run types` and `npm run layers` of the copy. */
  types(): Promise<Ended>;
  layers(): Promise<Ended>;
  /** `netdebug WORDS…` of the copy. */
  netdebug(...words: readonly string[]): Promise<Ended>;
  remove(): Promise<void>;
}

/** Makes a copy, changed by `edits` in their order; gone when it is removed. A file that is written anew must not be there. */
export async function makeCopy(edits: readonly Edit[]): Promise<ToyCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-toy-'));
  for (const name of ['src', 'package.json', 'tsconfig.json', '.dependency-cruiser.mjs'])
    await cp(join(root, name), join(folder, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const edit of edits) await change(join(folder, edit.path), edit);

  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<'types' | 'layers', string>>;
  };
  const script = (words: string) => {
    const [program = '', ...rest] = words.split(' ');
    return run(folder, [join('node_modules/.bin', program), ...rest]);
  };
  return {
    folder,
    types: () => script(scripts.types),
    layers: () => script(scripts.layers),
    netdebug: (...words) => run(folder, ['src/cli/start.mjs', ...words]),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function change(file: string, edit: Edit): Promise<void> {
  if ('text' in edit) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, edit.text, { flag: 'wx' });
    return;
  }
  const lines = (await readFile(file, 'utf8')).split('\n');
  const places = lines.flatMap((line, index) => (line.trim() === edit.after ? [index] : []));
  assert.equal(places.length, 1, `${edit.path} has this line ${places.length} times: ${edit.after}`);
  const [place = 0] = places;
  const indent = /^ */.exec(lines[place] ?? '')?.[0] ?? '';
  await writeFile(file, lines.toSpliced(place + 1, 0, `${indent}${edit.insert}`).join('\n'));
}

function run(cwd: string, words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, words, { cwd, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exitCode, stdout, stderr });
    });
  });
}
