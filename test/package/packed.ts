// The package as it would be published, from a copy of the checkout: packing builds dist/ anew, and two tests may do it at once.
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

export const root = dirname(dirname(import.meta.dirname));

export interface Packed {
  /** A folder for the test, with blanks in its name; the package's file is in it. */
  readonly folder: string;
  readonly tarball: string;
  /** As npm counts it, bytes. */
  readonly size: number;
  readonly unpackedSize: number;
  /** Paths inside of the package. */
  readonly files: readonly string[];
  remove(): Promise<void>;
}

const notCopied = ['node_modules', '.git', 'dist', 'netdebug-runs', 'artifacts'];

/** Runs `npm pack`, with what npm runs before it. */
export async function pack(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug package '));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, 'checkout');
    const filter = (from: string) => !notCopied.includes(relative(root, from));
    await cp(root, copy, { recursive: true, filter });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    const words = ['pack', '--json', '--loglevel=silent', '--pack-destination', folder];
    const { stdout } = await npm(words, copy);
    // npm 12 prints an object by name instead of a list.
    const [said] = Object.values(JSON.parse(stdout) as Record<string, PackedByNpm>);
    if (said === undefined) throw new Error(stdout);
    await rm(copy, { recursive: true });
    const { size, unpackedSize, filename, files } = said;
    return {
      ...{ folder, tarball: join(folder, filename), size, unpackedSize, remove },
      files: files.map(({ path }) => path),
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface PackedByNpm {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** npm, and the scripts that it runs, on the Node.js of this test; what an npm that started the test has said to it is let go. */
export function npm(words: readonly string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(lifecycle|package|command)/.test(name),
  );
  const env = { ...Object.fromEntries(inherited), PATH: ownPath() };
  return promisify(execFile)('npm', [...words], { cwd, env, maxBuffer: 64 << 20 });
}

/** PATH with the Node.js of this test before all others. */
export const ownPath = () => `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;

/** Lays the package out under `prefix` as `npm install --global` does; it has no dependencies. Returns the link that users start. */
export async function layOut(packed: Packed, prefix: string): Promise<string> {
  const modules = join(prefix, 'lib/node_modules');
  await mkdir(modules, { recursive: true });
  await promisify(execFile)('tar', ['-xzf', packed.tarball, '-C', modules]);
  const home = join(modules, 'netdebug');
  await rename(join(modules, 'package'), home);
  const { bin } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
    bin: { netdebug: string };
  };
  const link = join(prefix, 'bin/netdebug');
  await mkdir(dirname(link));
  await chmod(join(home, bin.netdebug), 0o755);
  await symlink(relative(dirname(link), join(home, bin.netdebug)), link);
  return link;
}
