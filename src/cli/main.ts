// The program's entry: turns every error into a sentence and an exit code.
import { CommanderError } from 'commander';
import { exitCodes } from '../model/problem.ts';
import { startedAs } from '../system/started-as.ts';
import { completionWord } from './completion/protocol.ts';
import { exitCodeOf, reportError } from './exit.ts';
import { buildProgram } from './program.ts';
import { printed } from './standard-output.ts';

// What is said beside the results ends nothing when nobody hears it; commands for which it counts have their own ear.
process.stderr.on('error', () => undefined);

try {
  const argv = process.argv.slice(2);
  const name = startedAs();
  if (name === 'kubectl_complete-netdebug' || argv[0] === completionWord) {
    const { printOffers } = await import('./completion/print-offers.ts');
    await printOffers(name === 'kubectl_complete-netdebug' ? argv : argv.slice(1), name);
  } else {
    const program = await buildProgram(argv, name);
    await program.parseAsync(argv, { from: 'user' });
  }
} catch (error) {
  if (error instanceof CommanderError) {
    // --help and --version end with 0, everything else that commander refuses is wrong usage.
    process.exitCode = error.exitCode === 0 ? exitCodes.finished : exitCodes.usage;
  } else {
    reportError(error, process.stderr);
    process.exitCode = exitCodeOf(error);
  }
}

const unprinted = await printed();
if (unprinted !== undefined) {
  reportError(unprinted, process.stderr);
  process.exitCode = exitCodeOf(unprinted);
}
