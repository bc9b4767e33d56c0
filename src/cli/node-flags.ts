// Flags of the commands that watch a node: what it is called, and which of its witnesses.
import { Option } from 'commander';
import { Problem } from '../model/problem.ts';
import { witnessNames } from '../observe/watch-node.ts';
import { commaSeparated, offering } from './completion/sources.ts';
import { repeatable } from './repeatable.ts';

/** Host names need not differ: in a cluster the node's own name is handed down. */
export const nodeOption = (): Option =>
  new Option('--node <name>', 'what the node is called (default: the host name)')
    .env('NETDEBUG_NODE')
    .argParser(nodeName);

/** The name becomes a folder's. */
function nodeName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(text)) return text;
  throw new Problem('usage', `--node: "${text}" is not a name; use letters, digits, dots and dashes.`);
}

/** Names of witnesses, several with commas; the value is a list of such lists. */
export const witnessesOption = (flag: string, about: string): Option =>
  offering(
    repeatable(`${flag} <witnesses>`, `${about}, several with commas`, (text) =>
      text.split(',').map((name) => witnessName(flag, name.trim())),
    ),
    commaSeparated(witnessNames),
  );

export const withoutOption = (): Option =>
  witnessesOption('--without', `go without one of: ${witnessNames.join(', ')};`);

function witnessName(flag: string, name: string): string {
  if (witnessNames.includes(name)) return name;
  throw new Problem(
    'usage',
    `${flag}: there is no witness "${name}"; choose from: ${witnessNames.join(', ')}.`,
  );
}
