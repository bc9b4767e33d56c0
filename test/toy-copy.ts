// A copy of the sources with something added, in which the checks and the program run as they do here.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

const root = dirname(import.meta.dirname);

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Copy {
  /** Runs Node with these words in the copy's folder. */
  node(...words: readonly string[]): Promise<Ended>;
  /** `npm run layers` and `npm run types`; rejects with what they print when one fails. */
  check(): Promise<void>;
}

/** A file's new text, made of the one that it has; a file that is not there yet has none. */
export type Edits = Readonly<Record<string, string | ((text: string) => string)>>;

/** Copies what the checks read, and takes it away with the test. */
export async function withCopy(t: TestContext, edits: Edits): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-copy-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const name of ['src', 'package.json', 'tsconfig.json', '.dependency-cruiser.mjs'])
    await cp(join(root, name), join(folder, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [name, edit] of Object.entries(edits)) {
    const path = join(folder, name);
    await writeFile(path, typeof edit === 'string' ? edit : edit(await readFile(path, 'utf8')));
  }
  const node = (...words: readonly string[]) =>
    new Promise<Ended>((done) => {
      execFile(process.execPath, words, { cwd: folder }, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        done({ exitCode, stdout, stderr });
      });
    });
  return {
    node,
    async check() {
      const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
        scripts: Record<'types' | 'layers', string>;
      };
      for (const script of [manifest.scripts.layers, manifest.scripts.types]) {
        const [program = '', ...words] = script.split(' ');
        const { exitCode, stdout, stderr } = await node(`node_modules/.bin/${program}`, ...words);
        if (exitCode !== 0) throw new Error(`${script} ends with ${exitCode}:\n${stdout}${stderr}`);
      }
    },
  };
}
