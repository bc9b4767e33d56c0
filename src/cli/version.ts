// `netdebug version`: which program this is, and what it runs on.
import { Command } from 'commander';
import { jsonDocument } from '../model/json-document.ts';
import { readCommit, readVersion } from './own-version.ts';
import { systemName, versionText } from './version-text.ts';

/** The command, for the program to add. */
export function command(): Command {
  return new Command('version')
    .description("The program's version and commit, and those of Node.js and the system under it.")
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: true }) => {
      if (options.json !== true) return void process.stdout.write(await versionText());
      const [version, commit] = [readVersion(), await readCommit()];
      const [node, system] = [process.versions.node, systemName()];
      process.stdout.write(jsonDocument({ version, commit, node, system }));
    });
}
