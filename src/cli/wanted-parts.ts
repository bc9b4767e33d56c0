// Commands with commands of their own: of those, only the one that the command line names is loaded.
import type { Command } from 'commander';

/** Each command of a command, by its name, and how it is loaded. */
export type Parts = Readonly<Record<string, () => Promise<Command>>>;

/**
 * Loads the one that `argv`, the words after `netdebug`, names behind `command`; all of them when it names none, for the help. An option
 * between the two may have a value, which is then taken for a name that there is not.
 */
export async function wantedParts(
  parts: Parts,
  command: string,
  argv: readonly string[],
): Promise<readonly Command[]> {
  const words = argv.filter((word) => !word.startsWith('-'));
  const word = words[words.indexOf(command) + 1] ?? '';
  const wanted = Object.hasOwn(parts, word) ? parts[word] : undefined;
  return await Promise.all((wanted === undefined ? Object.values(parts) : [wanted]).map((load) => load()));
}
