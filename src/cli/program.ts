// The program as commander knows it: all commands, of which only those are loaded that are asked for; and the same as kubectl's plugin.
import { Command } from 'commander';
import { pluginWords, type StartedAs } from '../system/started-as.ts';
import { asTyped } from './as-typed.ts';
import { readVersion } from './own-version.ts';
import { refuseRepeated } from './repeatable.ts';
import { print } from './standard-output.ts';
import { styleHelp } from './terminal-style.ts';

type Load = () => Promise<{ command(argv: readonly string[]): Command | Promise<Command> }>;

// Each command loads only what it needs: the lab starts many probes at once and waits for the slowest.
const commands = {
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
  completion: () => import('./completion.ts'),
  version: () => import('./version.ts'),
} as const satisfies Readonly<Record<string, Load>>;

const about = `Shows, measures and explains connection resets between Kubernetes pods.`;

const codes = `Exit codes: 0 as expected, 1 not the expected outcome, 2 inconclusive, 64 wrong usage,
69 something needed is missing, 70 our own fault, 73 the output cannot be written, 130 interrupted.

${styleHelp}`;

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

${codes}`;

const pluginExamples = `
The commands of netdebug cluster are its own, and so is evidence, which is that of netdebug mesh; the others are
those that it has without kubectl.

Examples:
  ${pluginWords} preflight       can a run start here, and what is to be expected
  ${pluginWords} explain         the causes of resets: why, how to confirm, what ends them

${codes}`;

/**
 * @param argv What was typed after its name: without a command among it, all are loaded.
 * @param name As kubectl's plugin it has the commands of `netdebug cluster` as its own.
 */
export async function buildProgram(argv: readonly string[], name: StartedAs = 'netdebug'): Promise<Command> {
  const isPlugin = name !== 'netdebug';
  const program = new Command(isPlugin ? pluginWords : name).description(about);
  program.addHelpText('after', isPlugin ? pluginExamples : examples);
  program.version(readVersion(), '-V, --version', 'print the version');
  program.enablePositionalOptions().helpCommand(true).showHelpAfterError('(add --help for usage)');
  const wanted = argv.find((word) => !word.startsWith('-'));
  const own = isPlugin ? (await commands.cluster()).command().commands : [];
  const isOwn = (word: string) => own.some((command) => command.name() === word);
  for (const command of own) program.addCommand(command);
  const rest = Object.entries<Load>(commands).filter(([word]) => !isOwn(word));
  const [only] = rest.filter(([word]) => word === wanted);
  const loaded = wanted !== undefined && isOwn(wanted) ? [] : only === undefined ? rest : [only];
  for (const [word, load] of loaded)
    program.addCommand(await (await load()).command(argv), { hidden: isPlugin && word === 'cluster' });
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
