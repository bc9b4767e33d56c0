// How this very program was started: the words that start it again, and what its user types for it.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pluginWords, startedAs } from './started-as.ts';

/** Its first file, whatever link or folder it was started through. */
const entry = fileURLToPath(new URL('../cli/start.mjs', import.meta.url));

/** Only a checkout has the starter; a package has compiled code alone, and an image the sources alone. */
const inCheckout =
  import.meta.url.endsWith('.ts') && existsSync(new URL('../../bin/netdebug', import.meta.url));

/** Where sudo looks for programs as Debian, Fedora and Arch set it up (secure_path), not where its user's PATH does. */
const sudoFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The words that start this program again: the same Node.js with the same options, and the same code. */
export function ownWords(): string[] {
  return [process.execPath, ...process.execArgv, entry];
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
