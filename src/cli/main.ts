// The program's entry: turns every error into a sentence and an exit code.
import { CommanderError } from 'commander';
import { exitCodes } from '../model/problem.ts';
import { startedAs } from '../system/started-as.ts';
import { completionWord } from './completion/protocol.ts';
import { failWith } from './exit.ts';
import { buildProgram } from './program.ts';
import { printed } from './standard-output.ts';

/**
 * The help of the program as a whole for each width from which on it is another one, from `narrowest` to where no line is broken. What
 * it names as commands is not yet as this program's user types them.
 * @public The build imports it by its path (scripts/bundle/own-facts.mjs).
 */
export async function helpByWidth(narrowest: number): Promise<[columns: number, text: string][]> {
  const program = await buildProgram([]);
  const helpAt = (columns: number) => {
    let text = '';
    program.configureOutput({ getOutHelpWidth: () => columns, writeOut: (part) => (text += part) });
    program.outputHelp();
    return text;
  };
  const texts: [number, string][] = [];
  const longest = Math.max(
    ...helpAt(10_000)
      .split('\n')
      .map((line) => line.length),
  );
  for (let columns = narrowest; columns <= longest; columns += 1) {
    const text = helpAt(columns);
    if (text !== texts.at(-1)?.[1]) texts.push([columns, text]);
  }
  return texts;
}

/** Runs a command line, the words after `netdebug`; resolves when all is printed, with the process's exit code set. Never rejects. */
export async function main(argv: readonly string[]): Promise<void> {
  // What is said beside the results ends nothing when nobody hears it; commands for which it counts have their own ear.
  process.stderr.on('error', () => undefined);
  // Nothing is left to wait for, though a command waits: without this it would look like one that did its work.
  const forgotten = () => failWith(new Error('the command ended before it was done'));
  process.once('beforeExit', forgotten);
  try {
    await run(argv);
  } catch (error) {
    // --help and --version end with 0, everything else that commander refuses is wrong usage.
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode === 0 ? exitCodes.finished : exitCodes.usage;
    else failWith(error);
  }
  const unprinted = await printed();
  if (unprinted !== undefined) failWith(unprinted);
  process.off('beforeExit', forgotten);
}

async function run(argv: readonly string[]): Promise<void> {
  const name = startedAs();
  if (name === 'kubectl_complete-netdebug' || argv[0] === completionWord) {
    const { printOffers } = await import('./completion/print-offers.ts');
    await printOffers(name === 'kubectl_complete-netdebug' ? argv : argv.slice(1), name);
    return;
  }
  const program = await buildProgram(argv, name);
  await program.parseAsync([...argv], { from: 'user' });
}
