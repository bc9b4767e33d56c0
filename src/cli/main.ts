// The program's entry: picks the command, loads only its file, and turns every error into a sentence and an exit code.
import { Command, CommanderError } from 'commander';
import { exitCodes } from '../model/problem.ts';
import { asTyped } from './as-typed.ts';
import { failWith } from './exit.ts';
import { readVersion } from './own-version.ts';
import { refuseRepeated } from './repeatable.ts';
import { print, printed } from './standard-output.ts';
import { styleHelp } from './terminal-style.ts';

// Each command loads only what it needs: the lab starts many probes at once and waits for the slowest.
const commands: Readonly<
  Record<string, () => Promise<{ command(argv: readonly string[]): Command | Promise<Command> }>>
> = {
  server: () => import('./server.ts'),
  client: () => import('./client.ts'),
  lab: () => import('./lab.ts'),
  cluster: () => import('./cluster.ts'),
  mesh: () => import('./mesh.ts'),
  watch: () => import('./watch.ts'),
  observe: () => import('./observe.ts'),
  explain: () => import('./explain.ts'),
  doctor: () => import('./doctor.ts'),
  diagnose: () => import('./diagnose.ts'),
  report: () => import('./report.ts'),
  version: () => import('./version.ts'),
};

const about = `Shows, measures and explains connection resets between Kubernetes pods.`;

const examples = `
Examples:
  sudo netdebug watch                  every lost connection on this node, live: who ended it, and why
  netdebug lab run                     reproduce the GKE bug on this machine, in private namespaces
  netdebug lab matrix                  every combination of its factors and fixes
  netdebug server                      the server of the experiment
  netdebug client --host 10.48.14.50   the client of the experiment
  netdebug lab mesh                    a cluster of many nodes that watch each other
  netdebug explain                     the causes of resets: why, how to confirm, what ends them
  netdebug doctor                      what this machine lacks for the lab
  netdebug version                     which program this is, from which commit

Exit codes: 0 as expected, 1 not the expected outcome, 2 inconclusive, 64 wrong usage,
69 something needed is missing, 70 our own fault, 73 the output cannot be written, 130 interrupted.

${styleHelp}`;

async function buildProgram(argv: readonly string[]): Promise<Command> {
  const program = new Command('netdebug').description(about).addHelpText('after', examples);
  program.version(readVersion(), '-V, --version', 'print the version');
  program.enablePositionalOptions().helpCommand(true).showHelpAfterError('(add --help for usage)');
  const wanted = argv.find((word) => !word.startsWith('-'));
  const loaders =
    wanted !== undefined && Object.hasOwn(commands, wanted) ? [commands[wanted]] : Object.values(commands);
  for (const load of loaders) {
    if (load !== undefined) program.addCommand(await (await load()).command(argv));
  }
  setUp(program);
  return program;
}

/**
 * commander exits and prints by itself; we want one place that decides exit codes, and one that knows what was printed. Its help has
 * the examples as they are typed here.
 */
function setUp(command: Command): void {
  command.exitOverride().configureOutput({ writeOut: (text) => print(asTyped(text)) });
  refuseRepeated(command);
  for (const sub of command.commands) setUp(sub);
}

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
    const program = await buildProgram(argv);
    await program.parseAsync([...argv], { from: 'user' });
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
