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
import { discardNode, makeObserverFolder } from '../run-folder/make-folder.ts';
import { missingCapabilities } from '../system/capabilities.ts';
import { ownNameAsRoot } from '../system/own-program.ts';
import { shellQuote } from '../system/shell-quote.ts';
import { findPackageManager, findTool, installCommand } from '../system/find-tool.ts';
import { byteSize } from './byte-size.ts';
import { catchInterruption } from './interruption.ts';
import type { NamesApi } from './names-api.ts';
import { nodeOption, withoutOption, witnessesOption } from './node-flags.ts';
import { durationOption, port, textOption } from './probe-flags.ts';
import { ask } from './observe/ask.ts';
import { serve } from './observe/serve.ts';
import { repeatable } from './repeatable.ts';

interface ObserveFlags {
  readonly out?: string;
  readonly serve?: string;
  readonly ask?: string;
  readonly unasked: number;
  readonly duration?: number;
  readonly maxSize?: number;
  readonly port?: readonly number[];
  readonly node?: string;
  readonly without?: readonly (readonly string[])[];
  readonly only?: readonly (readonly string[])[];
  readonly require?: readonly (readonly string[])[];
  readonly sample: number;
}

const examples = `
Examples:
  sudo netdebug observe --out node-1                    until Ctrl-C
  sudo netdebug observe --out node-1 --port 8080        with the data packets of that port around each reset
  sudo netdebug observe --out node-1 --duration 1h --max-size 1GiB
  sudo netdebug observe --out node-1 --without capture  on a node without tcpdump: no packets, all the rest
  sudo netdebug observe --out node-1 --require capture,kernel-events   not at all rather than without these

Run it on the node, in the node's network namespace. In a container: hostNetwork, the capabilities NET_ADMIN,
NET_RAW and, as root, SETGID; hostPID lets it read the counters and listeners of the node's pods, not only of the node.
Whose sockets of pods are, and of other users' processes, it sees with SYS_ADMIN and SYS_PTRACE only.
Neighbours that move or fail, killings for memory, known lines of the kernel's log, and starts and ends of kube-proxy and CNI
agents are kept, too. The log takes /dev/kmsg and CAP_SYSLOG, killings in a container the machine's /sys/fs/cgroup.
Connections' beginnings and ends are captured of every port; data packets only of --port, because of what they cost.

Stops in an orderly way on Ctrl-C, on SIGTERM, or when --duration is over (exit 0); a second Ctrl-C ends it at once (exit 130).
Without tcpdump it does not begin (exit 69), unless --without capture says so. A full disk does not end it: what cannot be
written is left out, in whole lines, until there is room again, and the end is exit 73.
DIR is a run's folder and holds evidence/NODE; a DIR that is itself called evidence is that part of one, and holds NODE.
Killed at any moment, what was written can be read.`;

/** How much of the time each source may spend on reading /proc: all of them together stay well below 2% of a core. */
const readingShare = 0.003;
/** The same while somebody looks on, which is not for long: a listener that was away for a second is to be seen. */
const servingShare = 0.01;

export function command(): Command {
  const observe = new Command('observe')
    .description(
      'Collects evidence on a node, as root, until stopped: who reset which connection, and what made it.',
    )
    .addOption(textOption('--out <dir>', 'folder for the evidence'))
    .addOption(durationOption('--duration <time>', 'end after this time (default: run until stopped)'))
    .option(
      '--max-size <size>',
      'bound on all files together; the oldest lines go first',
      byteSize('--max-size', minSize),
    )
    .addOption(repeatable('--port <port>', 'capture the data packets of this port, too', port('--port', 1)))
    .addOption(withoutOption())
    .addOption(witnessesOption('--only', 'go without all others, and say nothing of them: only these'))
    .addOption(
      witnessesOption(
        '--require',
        'end at once (exit 69) when one of these cannot run here: capture,kernel-events',
      ),
    )
    .addOption(nodeOption())
    .addOption(durationOption('--sample <time>', 'time between two readings of counters', '1s'))
    // The two ends of `netdebug cluster watch` on a node (docs/cluster.md): nobody types them.
    .addOption(textOption('--serve <socket>', 'hold what is seen for whoever asks at this socket').hideHelp())
    .addOption(textOption('--ask <socket>', 'ask the observer at this socket').hideHelp())
    .addOption(
      durationOption('--unasked <time>', 'with --serve: end when nobody asked for so long', '1m').hideHelp(),
    )
    // They run without being asked for, and whoever asks for them, as it once took, is right.
    .addOption(new Option('--kernel-events').hideHelp())
    .addOption(new Option('--sockets').hideHelp())
    .addHelpText('after', examples);
  return observe.action(() => run(observe.opts<ObserveFlags>()));
}

const minSize = 1_048_576;

async function run(flags: ObserveFlags): Promise<void> {
  if (flags.ask !== undefined) {
    await ask(flags.ask);
    return;
  }
  if (flags.serve === undefined && flags.out === undefined)
    throw new Problem('usage', 'observe needs --out DIR, the folder for what it sees.');
  requireRights();
  const { node = hostname(), port: ports = [], maxSize: maxBytes = 256 * minSize } = flags;
  const { without, only, wanted, required } = chooseWitnesses(flags);
  const share = flags.serve === undefined ? readingShare : servingShare;
  const pace = { periodMs: flags.sample, share };
  if (flags.serve !== undefined) {
    await serve({ path: flags.serve, node, ports, without, only, pace, unaskedMs: flags.unasked });
    return;
  }
  const { out = '' } = flags;
  if (wanted.includes('capture')) requireTcpdump();
  const folder = await makeObserverFolder(out, node);
  const interruption = catchInterruption();
  const { promise: ended, resolve: end } = Promise.withResolvers<undefined>();
  interruption.signal.addEventListener('abort', () => end(undefined));
  const books = createLostBooks(folder, (sentence) => {
    process.exitCode = exitCodes.unwritable;
    process.stderr.write(`netdebug: ${sentence}\n`);
  });
  const names = wanted.includes('names') ? await reachApiForNames() : undefined;
  const said: NodeEvent[] = [];
  const onEvent = (event: NodeEvent) => {
    if (event.event === 'source') said.push(event);
    tellOfSources(event);
  };
  const watch = await watchNode(node, folder, onEvent, {
    netns: null,
    capture: { packets: 'flags', ports, immediate: false },
    pace,
    ...{ maxBytes, without, books, only },
    ...(names === undefined ? {} : { cluster: names.cluster }),
  });
  tellMissing(said);
  const lacking = missingWitnesses(said).filter(
    ({ witness, state }) => required.includes(witness) && state !== 'limited',
  );
  if (lacking.length > 0) {
    await watch.stop();
    await names?.stop();
    await discardNode(folder, node);
    throw new Problem(
      'missing',
      `what --require names is not there: ${lacking.map(missingSentence).join('; ')}`,
    );
  }
  process.stderr.write(`${observingLine(node, folder)}\n`);
  const timer = flags.duration === undefined ? undefined : setTimeout(() => end(undefined), flags.duration);
  try {
    await Promise.race([ended, watch.failed]);
    await watch.stop();
    tellMissing(said);
    for (const one of books.all()) process.stderr.write(`Not complete: ${lostSentence(one)}\n`);
  } finally {
    clearTimeout(timer);
    await watch.stop();
    await names?.stop();
    interruption.off();
  }
}

async function reachApiForNames(): Promise<NamesApi> {
  // Loaded here: without names nobody needs it.
  const { reachNamesApi } = await import('./names-api.ts');
  return await reachNamesApi((message) => void process.stderr.write(`names: ${message}\n`));
}

/** `wanted`: those that are to run. Throws a usage Problem for one that is required and left out. */
function chooseWitnesses(flags: ObserveFlags) {
  const without = flags.without?.flat() ?? [];
  const only = flags.only?.flat() ?? witnessNames;
  const required = flags.require?.flat() ?? [];
  const wanted = only.filter((name) => !without.includes(name));
  const leftOut = required.find((name) => !wanted.includes(name));
  if (leftOut !== undefined)
    throw new Problem(
      'usage',
      `${leftOut} cannot be left out (--without, --only) and be required (--require).`,
    );
  return { without, only, wanted, required };
}

/** At the start and at the end: who reads only one of them is to know. */
function tellMissing(said: readonly NodeEvent[]): void {
  for (const one of missingWitnesses(said)) process.stderr.write(`Attention: ${missingSentence(one)}\n`);
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
