// The commit that a checkout stands at, for what is built from it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** As `git describe` shortens it, with "-dirty" for changes on top; null outside of git. Throws when git fails. */
export function commitOf(root) {
  if (!existsSync(join(root, '.git'))) return null;
  const words = ['-C', root, 'describe', '--always', '--dirty', '--exclude=*'];
  return execFileSync('git', words, { encoding: 'utf8' }).trim();
}
