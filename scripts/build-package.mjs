// Makes dist/, the compiled program as it is published; npm runs it before it packs, and nobody else needs it. The types are
// checked apart (npm run types).
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (path) => join(root, path);

// What an earlier build left behind would be published too.
rmSync(at('dist'), { recursive: true, force: true });
const compiler = at('node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [compiler, '--project', at('tsconfig.build.json')], { stdio: 'inherit' });
// The page's style and scripts go into it as they are.
cpSync(at('src/report/assets'), at('dist/report/assets'), { recursive: true });
writeFileSync(at('dist/build.json'), `${JSON.stringify({ commit: commit() })}\n`);

/** The commit that it is built from, as `git describe` shortens it, with "-dirty" for changes on top; null outside of git. */
function commit() {
  if (!existsSync(at('.git'))) return null;
  const words = ['-C', root, 'describe', '--always', '--dirty', '--exclude=*'];
  return execFileSync('git', words, { encoding: 'utf8' }).trim();
}
