// How this very program was started: the words that start it again, and what its user types for it.
import { existsSync } from 'node:fs';
import { isSea } from 'node:sea';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '../model/problem.ts';
import { findTool } from './find-tool.ts';
import { pluginWords, startedAs } from './started-as.ts';

/** Only a checkout has the starter; a package has a bundle alone, and an image that bundle. */
const inCheckout =
  !isSea() && import.meta.url.endsWith('.ts') && existsSync(new URL('../../bin/netdebug', import.meta.url));

/** Where sudo looks for programs as Debian, Fedora and Arch set it up (secure_path), not where its user's PATH does. */
const sudoFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The words that start this program again: the same Node.js with the same options, and the same code by its first file, whatever link or
 * folder it was started through. The single file is its own Node.js, and would take a file for a command.
 */
export function ownWords(): string[] {
  if (isSea()) return [process.execPath];
  const entry = fileURLToPath(new URL('../cli/start.mjs', import.meta.url));
  return [process.execPath, ...process.execArgv, entry];
}

/**
 * A Node.js for a script that is not ours: the one that we run on, or for the single file, which runs no other code, the one in PATH.
 * Throws a `missing` Problem where there is none.
 */
export function nodeForOthers(): string {
  const node = isSea() ? findTool('node') : process.execPath;
  if (node === undefined)
    throw new Problem(
      'missing',
      'a script of the user’s needs a Node.js of its own beside the single file; install one, and put it into PATH.',
    );
  return node;
}

/** What a user types to start it, for sentences that advise a command: `netdebug`, or `bin/netdebug` in a checkout; `kubectl netdebug`. */
export function ownName(): string {
  if (startedAs() !== 'netdebug') return pluginWords;
  return inCheckout ? 'bin/netdebug' : 'netdebug';
}

/** The same as root. A program, or its Node.js, in a folder of the user's own is not found by sudo unless it is given the PATH. */
export function ownNameAsRoot(): string {
  const found = inCheckout || sudoFinds([process.argv[1] ?? '', process.execPath]);
  return found ? `sudo ${ownName()}` : `sudo env "PATH=$PATH" ${ownName()}`;
}

function sudoFinds(files: readonly string[]): boolean {
  return files.every((file) => sudoFolders.includes(dirname(file)));
}
