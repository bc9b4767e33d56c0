// `netdebug version`: which program this is, and what it runs on. What is about the program stands in its own files, two folders up
// in the checkout as in the published package.
import { Command } from 'commander';
import { existsSync, readFileSync } from 'node:fs';
import { release, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { jsonDocument } from '../model/json-document.ts';
import { checkedOutCommit } from '../system/tools/git.ts';
import { readVersion } from './own-version.ts';

/** The command, for the program to add. */
export function command(): Command {
  return new Command('version')
    .description("The program's version and commit, and those of Node.js and the system under it.")
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: true }) => {
      const version = readVersion();
      const commit = await readCommit();
      const [node, system] = [process.versions.node, `${type()} ${release()}`];
      const text = `netdebug ${version}, commit ${commit ?? 'unknown'}\nNode.js ${node} on ${system}\n`;
      process.stdout.write(options.json ? jsonDocument({ version, commit, node, system }) : text);
    });
}

/** As the package was built from it, or as the checkout stands now; null where neither says it. */
async function readCommit(): Promise<string | null> {
  const build = new URL('../build.json', import.meta.url);
  if (existsSync(build)) return (JSON.parse(readFileSync(build, 'utf8')) as { commit: string | null }).commit;
  const root = new URL('../../', import.meta.url);
  // Sources without a repository of their own may lie inside of somebody else's.
  return existsSync(new URL('.git', root)) ? await checkedOutCommit(fileURLToPath(root)) : null;
}
