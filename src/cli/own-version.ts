// Which program this is, as its checkout says; a bundle has both facts in place of this file (scripts/bundle/own-facts.mjs).
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkedOutCommit } from '../system/tools/git.ts';

const root = new URL('../../', import.meta.url);

export function readVersion(): string {
  // No schema: it is our own file, and the library would make every start slower.
  return (JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }).version;
}

/** As `git describe` shortens it, with "-dirty" for changes on top of it; null where nobody knows. */
export async function readCommit(): Promise<string | null> {
  // Sources without a repository of their own may lie inside of somebody else's.
  return existsSync(new URL('.git', root)) ? await checkedOutCommit(fileURLToPath(root)) : null;
}
