// The one files that somebody built: for which machine each is, and whether it is what it is said to be, as far as that shows.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, openSync, readSync, closeSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../../src/model/problem.ts';
import type { Platform } from './krew.ts';

export interface Binary extends Platform {
  readonly path: string;
}

/** Reads `linux-amd64=PATH`. Throws a usage Problem. */
export function readBinary(text: string): Binary {
  const [, os, arch, path] = /^(linux|darwin)-(amd64|arm64)=(.+)$/s.exec(text) ?? [];
  if (os === undefined || arch === undefined || path === undefined)
    throw new Problem(
      'usage',
      `--binary ${text}: write it like linux-amd64=PATH; systems: linux, darwin; machines: amd64, arm64.`,
    );
  return { os: os as Platform['os'], arch: arch as Platform['arch'], path: resolve(path) };
}

/** Throws a missing Problem for what cannot be run, is for another machine, or says another version where it can be asked. */
export function checkBinary({ os, arch, path }: Binary, version: string): void {
  const name = `${os}-${arch}`;
  try {
    accessSync(path, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw new Problem('missing', `--binary ${name}: ${path} is no file that can be read and run.`, {
      cause: error,
    });
  }
  const isFor = platformOf(path);
  if (isFor !== null && isFor !== name)
    throw new Problem('missing', `--binary ${name}: ${path} is for ${isFor}.`);
  const here = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  if (name !== here) return;
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 60_000 });
  const [said = ''] = stdout.trim().split('\n');
  if (said !== version)
    throw new Problem('missing', `--binary ${name}: ${path} says it is "${said}", not ${version}.`);
}

/** By the first bytes of ELF and Mach-O files; null for a script, which runs anywhere. */
function platformOf(path: string): string | null {
  const bytes = Buffer.alloc(20);
  const file = openSync(path, 'r');
  readSync(file, bytes, 0, bytes.length, 0);
  closeSync(file);
  if (bytes.toString('latin1', 0, 2) === '#!') return null;
  const arch = { 0x3e: 'amd64', 0xb7: 'arm64' }[bytes.readUInt16LE(18)];
  if (bytes.toString('latin1', 0, 4) === '\x7fELF') return `linux-${arch ?? 'another machine'}`;
  const cpu = { 0x01000007: 'amd64', 0x0100000c: 'arm64' }[bytes.readUInt32LE(4)];
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return `darwin-${cpu ?? 'another machine'}`;
  return 'no machine that is known';
}
