// A Debian 12 with nothing in it but what Debian calls the least, in a folder: what is installed there brings all that it needs.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const debianMirror = 'http://deb.debian.org/debian';

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CleanRoot {
  readonly folder: string;
  /** Runs a program in it, which sees no process of ours, and no network unless `network` is true. Nothing that it starts outlives it. */
  run(words: readonly string[], options?: { readonly network?: boolean }): Ended;
  remove(): void;
}

/** A packed Debian, from which any number of roots is unpacked. @param folder Where it is put */
export function packedDebian(folder: string): string {
  const file = join(folder, 'debian.tar');
  execFileSync('mmdebstrap', ['--quiet', '--variant=minbase', 'bookworm', file, debianMirror], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return file;
}

/** @param tar Of packedDebian; null for an empty root */
export function makeCleanRoot(tar: string | null): CleanRoot {
  const folder = mkdtempSync(join(tmpdir(), 'netdebug-clean-root-'));
  // Debian's programs may be started by anybody, and mkdtemp lets nobody else in.
  execFileSync('chmod', ['755', folder]);
  if (tar !== null)
    execFileSync('tar', ['--extract', '--numeric-owner', '--file', tar, '--directory', folder]);
  for (const name of ['dev', 'proc', 'sys', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
  return {
    folder,
    run(words, { network = false } = {}) {
      const apart = ['--mount', '--pid', '--fork', '--kill-child', ...(network ? [] : ['--net'])];
      const { status, stdout, stderr } = spawnSync(
        'unshare',
        [...apart, 'bash', '-c', enter, folder, ...words],
        {
          ...{ encoding: 'utf8', timeout: 600_000, maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'pipe'] },
          env: {
            ...{ PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
            ...{ LANG: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' },
          },
        },
      );
      return { status, stdout, stderr };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** In namespaces of its own, so that no mount stays. The folder is made a mount: programs that make their own ask that of "/". */
const enter = [
  'mount --bind "$0" "$0"',
  'mount -t proc proc "$0/proc"',
  'mount -t sysfs sysfs "$0/sys"',
  'mount --rbind /dev "$0/dev"',
  'cd "$0"',
  'exec chroot . "$@"',
].join(' && ');
