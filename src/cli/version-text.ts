// What `netdebug version` says to people.
import { release, type } from 'node:os';
import { readCommit, readVersion } from './own-version.ts';

/** The system under the program: `Linux 6.12.48`. */
export const systemName = (): string => `${type()} ${release()}`;

/** Two lines: the program with its commit, and what it runs on. */
export async function versionText(): Promise<string> {
  const commit = (await readCommit()) ?? 'unknown';
  return `netdebug ${readVersion()}, commit ${commit}\nNode.js ${process.versions.node} on ${systemName()}\n`;
}
