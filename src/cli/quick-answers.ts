// What is asked first and most often, answered without the commands and the library that reads their options: which program this is,
// and what it can do. A bundle has this, and all that it needs, in a file of its own.
import { startedAs } from '../system/started-as.ts';
import { asTyped } from './as-typed.ts';
import { failWith } from './exit.ts';
import { ownHelp } from './own-help.ts';
import { readVersion } from './own-version.ts';
import { print, printed } from './standard-output.ts';
import { versionText } from './version-text.ts';

/** Of what is no terminal, as commander has it. */
const usualColumns = 80;

/**
 * Answers a command line of this one word; false, with nothing printed, when the commands have to be loaded for it. Prints the very
 * same as they do. Never rejects: what cannot be printed is told on stderr and by the exit code.
 */
export async function answer(word: string): Promise<boolean> {
  const text = await answerTo(word);
  if (text === null) return false;
  process.stderr.on('error', () => undefined);
  print(text);
  const unprinted = await printed();
  if (unprinted !== undefined) failWith(unprinted);
  return true;
}

async function answerTo(word: string): Promise<string | null> {
  // kubectl's plugin has other commands; and of its words it may be asked what completes them.
  if (startedAs() !== 'netdebug') return null;
  if (word === 'version') return await versionText();
  if (word === '-V' || word === '--version') return `${readVersion()}\n`;
  const columns = process.stdout.isTTY ? process.stdout.columns : usualColumns;
  const help = ownHelp.findLast(([from]) => columns >= from);
  return help === undefined ? null : asTyped(help[1]);
}
