// `netdebug observe`: collects evidence on a node until stopped.
import { Command, Option } from 'commander';
import { hostname } from 'node:os';
import { missingSentence, missingWitnesses } from '../model/missing-witness.ts';
import type { NodeEvent } from '../model/node-event.ts';
import { lostSentence } from '../model/lost-output.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { observingLine, sourceLine } from '../model/source-line.ts';
import { watchNode, witnessNames } from '../observe/watch-node.ts';
import { createLostBooks } from '../run-folder/lost-books.ts';
import { makeObserverFolder } from '../run-folder/make-folder.ts';
import { missingCapabilities } from '../system/capabilities.ts';
import { ownNameAsRoot } from '../system/own-program.ts';
import { shellQuote } from '../system/shell-quote.ts';
import { findPackageManager, findTool, installCommand } from '../system/find-tool.ts';
import { byteSize } from './byte-size.ts';
import { durationOption, port, textOption } from './probe-flags.ts';
import { repeatable } from './repeatable.ts';

interface ObserveFlags {
  readonly out: string;
  readonly duration?: number;
  readonly maxSize?: number;
  readonly port?: readonly number[];
  readonly node?: string;
  readonly without?: readonly string[];
  readonly sample: number;
}

const examples = `
Examples:
  sudo netdebug observe --out node-1                    until Ctrl-C
  sudo netdebug observe --out node-1 --port 8080        with the data packets of that port around each reset
  sudo netdebug observe --out node-1 --duration 1h --max-size 1GiB
  sudo netdebug observe --out node-1 --without capture  on a node without tcpdump: no packets, all the rest

Run it on the node, in the node's network namespace. In a container: hostNetwork, the capabilities NET_ADMIN,
NET_RAW and, as root, SETGID; hostPID lets it read the counters and listeners of the node's pods, not only of the node.
Connections' beginnings and ends are captured of every port; data packets only of --port, because of what they cost.

Stops in an orderly way on SIGTERM, or when --duration is over (exit 0), and on Ctrl-C (exit 130). Without tcpdump it does
not begin (exit 69), unless --without capture says so. A full disk does not end it: what cannot be written is left out, in
whole lines, until there is room again, and the end is exit 73.
DIR is a run's folder and holds evidence/NODE; a DIR that is itself called evidence is that part of one, and holds NODE.
Killed at any moment, what was written can be read.`;

/** How much of the time each source may spend on reading /proc: all of them together stay well below 2% of a core. */
const readingShare = 0.003;

export function command(): Command {
  const observe = new Command('observe')
    .description(
      'Collects evidence on a node, as root, until stopped: who reset which connection, and what made it.',
    )
    .addOption(textOption('--out <dir>', 'folder for the evidence').makeOptionMandatory())
    .addOption(durationOption('--duration <time>', 'end after this time (default: run until stopped)'))
    .option(
      '--max-size <size>',
      'bound on all files together; the oldest lines go first',
      byteSize('--max-size', minSize),
    )
    .addOption(repeatable('--port <port>', 'capture the data packets of this port, too', port('--port', 1)))
    .addOption(
      repeatable('--without <witness>', `go without one of: ${witnessNames.join(', ')}`, witnessName),
    )
    .addOption(
      // Host names need not differ: in a cluster the node's own name is handed down.
      new Option('--node <name>', 'what the node is called in the evidence (default: the host name)')
        .env('NETDEBUG_NODE')
        .argParser(nodeName),
    )
    .addOption(durationOption('--sample <time>', 'time between two readings of counters', '1s'))
    .addHelpText('after', examples);
  return observe.action(() => run(observe.opts<ObserveFlags>()));
}

const minSize = 1_048_576;

function witnessName(text: string): string {
  if (witnessNames.includes(text)) return text;
  throw new Problem(
    'usage',
    `--without: there is no witness "${text}"; choose from: ${witnessNames.join(', ')}.`,
  );
}

/** The name becomes a folder's. */
function nodeName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(text)) return text;
  throw new Problem('usage', `--node: "${text}" is not a name; use letters, digits, dots and dashes.`);
}

async function run(flags: ObserveFlags): Promise<void> {
  requireRights();
  const { node = hostname(), port: ports = [], maxSize: maxBytes = 256 * minSize, without = [] } = flags;
  if (!without.includes('capture')) requireTcpdump();
  const folder = await makeObserverFolder(flags.out, node);
  const { promise: ended, resolve: end } = Promise.withResolvers<'stopped' | 'interrupted'>();
  // Once only: a second signal ends the process the hard way.
  process.once('SIGTERM', () => end('stopped'));
  process.once('SIGHUP', () => end('stopped'));
  process.once('SIGINT', () => end('interrupted'));
  const books = createLostBooks(folder, (sentence) => {
    process.exitCode = exitCodes.unwritable;
    process.stderr.write(`netdebug: ${sentence}\n`);
  });
  const said: NodeEvent[] = [];
  const onEvent = (event: NodeEvent) => {
    if (event.event === 'source') said.push(event);
    tellOfSources(event);
  };
  const watch = await watchNode(node, folder, onEvent, {
    netns: null,
    capture: { packets: 'flags', ports, immediate: false },
    pace: { periodMs: flags.sample, share: readingShare },
    ...{ maxBytes, without, books },
  });
  for (const one of missingWitnesses(said)) process.stderr.write(`Attention: ${missingSentence(one)}\n`);
  process.stderr.write(`${observingLine(node, folder)}\n`);
  const timer = flags.duration === undefined ? undefined : setTimeout(() => end('stopped'), flags.duration);
  try {
    const ending = await Promise.race([ended, watch.failed]);
    await watch.stop();
    const lost = books.all();
    for (const one of lost) process.stderr.write(`Not complete: ${lostSentence(one)}\n`);
    if (ending === 'interrupted' && lost.length === 0) {
      throw new Problem('interrupted', 'interrupted; the evidence is complete.');
    }
  } finally {
    clearTimeout(timer);
    await watch.stop();
  }
}

/** Without packets most resets stay without an author: whoever wants that says so. */
function requireTcpdump(): void {
  if (findTool('tcpdump') !== undefined) return;
  const manager = findPackageManager();
  const root = process.getuid?.() === 0;
  const how =
    manager === undefined
      ? 'install the package that brings it'
      : `type: ${installCommand(['tcpdump'], manager, { root })}`;
  throw new Problem(
    'missing',
    `observe needs tcpdump, which is not installed; ${how}. Or go without packets: --without capture.`,
  );
}

function requireRights(): void {
  if (process.platform !== 'linux')
    throw new Problem('missing', 'observe runs on Linux only, on the node itself.');
  const missing = missingCapabilities(['CAP_NET_ADMIN', 'CAP_NET_RAW']);
  if (missing.length === 0) return;
  const again = `${ownNameAsRoot()} ${shellQuote(process.argv.slice(2))}`;
  throw new Problem('missing', `observe needs root, or ${missing.join(' and ')}; type: ${again}`);
}

/** A line for each thing that a source says of itself. */
function tellOfSources(event: NodeEvent): void {
  if (event.event !== 'source') return;
  process.stderr.write(`${sourceLine(event)}\n`);
}
