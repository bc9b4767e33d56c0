// A base image like node:24-slim, made on this machine: Debian's own packages, the pinned Node.js, npm, and npm's two packages offline.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Buildah } from '../../scripts/release/buildah.ts';

/** Makes `localhost/netdebug-base` in the storage of `buildah`. @param work An empty folder */
export function makeLocalBase(buildah: Buildah, root: string, work: string): string {
  const tar = join(work, 'base.tar');
  step('Debian packages for the base (mmdebstrap)', 'mmdebstrap', [
    ...[
      '--quiet',
      '--variant=minbase',
      '--include=ca-certificates',
      'bookworm',
      tar,
      'http://deb.debian.org/debian',
    ],
  ]);
  const cache = join(work, 'npm-cache');
  const packages = join(work, 'packages');
  mkdirSync(packages);
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(root, file), join(packages, file));
  step('npm packages into a cache', 'npm', [
    'ci',
    '--ignore-scripts',
    '--cache',
    cache,
    '--prefix',
    packages,
  ]);

  const name = 'localhost/netdebug-base';
  const container = buildah('from', 'scratch').trim();
  buildah('add', '--quiet', container, tar, '/');
  buildah(
    'copy',
    '--quiet',
    container,
    realpathSync(join(root, 'node_modules/node/bin/node')),
    '/usr/local/bin/node',
  );
  buildah('copy', '--quiet', container, npmHome(), '/usr/local/lib/node_modules/npm');
  buildah('copy', '--quiet', container, cache, '/var/npm-cache');
  buildah(
    'run',
    '--isolation',
    'chroot',
    container,
    '--',
    'ln',
    '-s',
    '../lib/node_modules/npm/bin/npm-cli.js',
    '/usr/local/bin/npm',
  );
  buildah(
    ...['config', '--env', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ...['--env', 'npm_config_cache=/var/npm-cache', '--env', 'npm_config_offline=true', container],
  );
  buildah('commit', '--quiet', '--rm', container, name);
  return name;
}

/** The folder of this machine's npm, which runs wherever it is copied. */
export const npmHome = (): string =>
  dirname(dirname(realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())));

function step(what: string, file: string, args: readonly string[]): void {
  process.stderr.write(`image: ${what} …\n`);
  execFileSync(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
