// `netdebug watch`: every lost connection of any program on this node as it happens, who ended it, why, and how sure that is.
import { hostname } from 'node:os';
import { Command, Option } from 'commander';
import type { Endpoint } from '../model/endpoint.ts';
import type { ClusterAccess } from '../observe/witness.ts';
import type { WantedConnections } from '../experiment/watch/live-losses.ts';
import { createLiveLosses } from '../experiment/watch/create-live-losses.ts';
import { liveWatchStatus, watchLive, type LiveWatchHooks } from '../experiment/watch/watch-live.ts';
import { lostSentence } from '../model/lost-output.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { mostColumns } from '../report/text-style.ts';
import { seesLosses } from '../report/watch-sight.ts';
import { makeObserverFolder } from '../run-folder/make-folder.ts';
import { missingCapabilities } from '../system/capabilities.ts';
import { findPackageManager } from '../system/find-tool.ts';
import { ownNameAsRoot } from '../system/own-program.ts';
import { shellQuote } from '../system/shell-quote.ts';
import { byteSize } from './byte-size.ts';
import { catchInterruption } from './interruption.ts';
import { listenAddress } from './mesh/part-flags.ts';
import type { NamesApi } from './names-api.ts';
import { nodeOption, withoutOption } from './node-flags.ts';
import { addresses, durationOption, filled, port, textOption } from './probe-flags.ts';
import { repeatable } from './repeatable.ts';
import { readerGone } from './standard-output.ts';
import type { AllDayView, AllDayViewOptions } from './watch/all-day-view.ts';
import { jsonView } from './watch/json-view.ts';
import { pageView, type PageView } from './watch/page-view.ts';
import { recorderFolder } from './watch/recorder-folder.ts';
import { remediesFor } from './watch/remedies.ts';
import { tellPast } from './watch/tell-past.ts';
import { silentView } from './watch/silent-view.ts';
import { textView } from './watch/text-view.ts';
import type { WatchView } from './watch/watch-view.ts';

interface WatchFlags {
  readonly port?: readonly number[];
  readonly address?: readonly (readonly string[])[];
  readonly pod?: readonly string[];
  readonly process?: readonly string[];
  readonly duration?: number;
  readonly output: 'text' | 'json' | 'none';
  readonly out?: string;
  readonly maxSize?: number;
  readonly keep: number;
  readonly since?: number;
  readonly fail?: true;
  readonly arguments?: true;
  readonly node?: string;
  readonly netns?: string;
  readonly podsAt?: readonly (readonly string[])[];
  readonly without?: readonly (readonly string[])[];
  readonly quiet?: true;
  readonly ui?: true;
  readonly html?: string;
  readonly metrics?: Endpoint;
  readonly events?: true;
}

const examples = `
Examples:
  sudo netdebug watch                          every lost connection of any program on this node, until Ctrl-C
  sudo netdebug watch --port 6379              those of one port, with its data packets: how idle, how many questions open
  sudo netdebug watch --pod shop/checkout-7d9f --process redis-server
  sudo netdebug watch --duration 10m --fail    exit 1 when something was lost in ten minutes
  sudo netdebug watch -o json | jq .           one object a line, the last is the summary
  sudo netdebug watch --out seen               keep the evidence, too: netdebug diagnose seen, netdebug report seen
  sudo netdebug watch --ui                     as a page in a browser on this machine, too
  sudo netdebug watch --html page.html         as one file at its end, to be sent to somebody
  netdebug watch --metrics :9466 --events      as a DaemonSet runs it: manifests/mesh/overlays/watcher
  sudo netdebug watch --since 5m               what a watch that runs already has seen lost in the last five minutes

It watches the network namespace that it is started in, and the pods of the node as far as it may look into them. It starts as
long as one of its witnesses can run, and says first what it cannot see, and what would let it. Nothing is written to disk
without --out. A connection that fits every kind of --port, --address, --pod and --process is told, by either of its ends.

Exit codes: 0 at its end, by Ctrl-C too; 1 with --fail, when something was lost; 64 wrong usage; 69 nothing can be watched here,
or with --since nobody watches; 73 --out, --html or standard output cannot be written; 130 a second Ctrl-C.
Text is as wide as the terminal, at most ${mostColumns} columns, as in a pipe; programs read -o json. NO_COLOR, TERM=dumb: no colours.`;

const minSize = 1_048_576;

export function command(): Command {
  const watch = new Command('watch')
    .description(
      'Says live, on a node, of every lost connection of any program: who ended it, why, how sure.',
    )
    .addOption(repeatable('--port <port>', 'only connections with this port', port('--port', 1)))
    .addOption(repeatable('--address <addresses>', 'only those with this address', addresses('--address')))
    .addOption(repeatable('--pod <pod>', 'only those of this pod, NAMESPACE/NAME', podName))
    .addOption(
      repeatable('--process <name>', 'only those of programs called this', filled('--process', 'a name')),
    )
    .addOption(durationOption('--duration <time>', 'end after this time (default: run until stopped)'))
    .addOption(
      new Option('-o, --output <format>', 'how losses are printed')
        .choices(['text', 'json', 'none'])
        .default('text'),
    )
    .addOption(textOption('--out <dir>', 'keep the evidence in this folder, for diagnose and report'))
    .option(
      '--max-size <size>',
      'with --out: bound on all files together; the oldest lines go first',
      byteSize('--max-size', minSize),
    )
    .addOption(durationOption('--keep <time>', 'how long what was seen is held in memory', '10m'))
    .addOption(durationOption('--since <time>', 'ask the watches that run here what was lost since then'))
    .option('--fail', 'exit 1 when something was lost')
    .option('--arguments', 'say the arguments of processes, too, which may hold secrets')
    .addOption(nodeOption())
    .addOption(textOption('--netns <name>', 'watch this network namespace of "ip netns" alone'))
    .addOption(
      repeatable(
        '--pods-at <addresses>',
        'the pods of this node, where several nodes share one machine',
        addresses('--pods-at'),
      ),
    )
    .addOption(withoutOption())
    .option('--ui', 'show it as a live page in a browser, too, on this machine alone')
    .addOption(textOption('--html <file>', 'write a page when it ends, too'))
    .addOption(metricsOption())
    .option('--events', 'make Kubernetes Events on the pods of this node that lose connections')
    .option('--quiet', 'say nothing but what was lost, and the summary')
    .addHelpText('after', examples);
  return watch.action(() => run(watch.opts<WatchFlags>()));
}

function podName(text: string): string {
  if (/^[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*$/.test(text)) return text;
  throw new Problem('usage', `--pod: "${text}" is not a pod; write it as NAMESPACE/NAME.`);
}

async function run(flags: WatchFlags): Promise<void> {
  if (process.platform !== 'linux')
    throw new Problem('missing', 'watch runs on Linux only, on the node itself.');
  if (flags.maxSize !== undefined && flags.out === undefined)
    throw new Problem('usage', '--max-size bounds what --out keeps: give --out, too.');
  const wanted: WantedConnections = {
    ...{ ports: flags.port ?? [], addresses: flags.address?.flat() ?? [] },
    ...{ pods: flags.pod ?? [], processes: flags.process ?? [] },
  };
  const { output, quiet = false, fail = false } = flags;
  if (flags.since !== undefined) {
    refuseWithSince(flags);
    if (output === 'none')
      throw new Problem('usage', '--since prints what was lost: choose another --output.');
    const some = await tellPast({ sinceMs: flags.since, wanted, output, quiet });
    process.exitCode = exitCodes[some && fail ? 'unexpected' : 'finished'];
    return;
  }
  const node = flags.node ?? hostname();
  const view = viewsOf[output]({ node, quiet });
  const { ui = false, html: file = null, out } = flags;
  const page = ui || file !== null || out !== undefined ? await pageView({ node, ui, file }) : null;
  try {
    await live({ flags, node, wanted, views: page === null ? [view] : [view, page], page });
  } finally {
    await page?.close();
  }
}

const viewsOf = { text: textView, json: jsonView, none: silentView } as const;

/** What is past has been seen, or not, by somebody else. */
function refuseWithSince(flags: WatchFlags): void {
  const other = (
    [
      ...(['duration', 'out', 'arguments', 'node', 'netns', 'podsAt', 'without', 'ui', 'html'] as const),
      ...(['metrics', 'events'] as const),
    ] as const
  ).find((name) => flags[name] !== undefined);
  if (other !== undefined)
    throw new Problem('usage', `--since asks a watch that runs already; --${other} is for starting one.`);
}

/** Where metrics are served; without an address, at all of the node. */
const metricsOption = () =>
  new Option(
    '--metrics <address>',
    'serve /metrics, /healthz and /readyz there: :9466, 10.0.0.7:9466',
  ).argParser(listenAddress('--metrics'));

interface LiveOptions {
  readonly flags: WatchFlags;
  readonly node: string;
  readonly wanted: WantedConnections;
  readonly views: readonly WatchView[];
  readonly page: PageView | null;
}

async function live({ flags, node, wanted, views, page }: LiveOptions): Promise<void> {
  const folder = flags.out === undefined ? null : await makeObserverFolder(flags.out, node);
  const without = flags.without?.flat() ?? [];
  const interruption = catchInterruption();
  const gone = new AbortController();
  void readerGone.then(() => gone.abort());
  const hasNames = !without.includes('names');
  const isAllDay = flags.metrics !== undefined || flags.events === true;
  const api = hasNames || isAllDay ? await reachApiForNames() : undefined;
  const allDay = isAllDay ? await openAllDay({ flags, node, api }) : null;
  const all = allDay === null ? views : [...views, allDay];
  const tell = (what: (view: WatchView) => void) => all.forEach(what);
  const hooks: LiveWatchHooks = {
    signal: AbortSignal.any([interruption.signal, gone.signal]),
    onStarted(start) {
      if (flags.fail === true && !seesLosses(start.missing))
        throw new Problem(
          'missing',
          'whether something is lost cannot be told here, which --fail is about: it takes the capture or the kernel events.',
        );
      tell((view) => view.started(start, remediesFor(start.missing, surroundings())));
    },
    onLost: (losses) => tell((view) => view.lost(losses)),
    onLook: (watched, now) => tell((view) => view.look(watched, now)),
    onMissing: (missing) => tell((view) => view.missing(missing)),
    onUnwritable(sentence) {
      process.exitCode = exitCodes.unwritable;
      process.stderr.write(`netdebug: ${sentence}\n`);
    },
  };
  const settings = {
    ...{ node, netns: flags.netns ?? null, folder, wanted, without, keepMs: flags.keep },
    podAddresses: flags.podsAt?.flat() ?? null,
    ...{ maxBytes: flags.maxSize ?? 256 * minSize, durationMs: flags.duration ?? null },
    cluster: hasNames && api !== undefined ? api.cluster : nobodyAsked,
    withArguments: flags.arguments === true,
    recorder: recorderFolder(),
  };
  try {
    const end = await watchLive(settings, createLiveLosses, hooks);
    tell((view) => view.ended(end.summary, end.seconds));
    for (const one of end.lostOutput) process.stderr.write(`Not complete: ${lostSentence(one)}\n`);
    process.exitCode = exitCodes[liveWatchStatus(end, flags.fail === true)];
    await page?.keep(folder);
    if (end.brokeOff !== null) throw end.brokeOff;
  } catch (error) {
    throw error instanceof Problem && error.kind === 'missing' ? withRemedy(error) : error;
  } finally {
    await allDay?.stop();
    await api?.stop();
    interruption.off();
  }
}

const nobodyAsked: ClusterAccess = { access: null, why: 'left out, as --without has it' };

/** Loaded here: few watches run all day. */
async function openAllDay(options: AllDayViewOptions): Promise<AllDayView> {
  const { allDayView } = await import('./watch/all-day-view.ts');
  return await allDayView(options).catch(async (error: unknown) => {
    await options.api?.stop();
    throw error;
  });
}

async function reachApiForNames(): Promise<NamesApi> {
  // Loaded here: without names and Events nobody needs it.
  const { reachNamesApi } = await import('./names-api.ts');
  return await reachNamesApi((message) => void process.stderr.write(`names: ${message}\n`));
}

const asRoot = () => `${ownNameAsRoot()} ${shellQuote(process.argv.slice(2))}`;
const isRoot = () => process.getuid?.() === 0;

const surroundings = () => ({
  root: isRoot(),
  missingCapabilities: missingCapabilities([
    'CAP_NET_ADMIN',
    'CAP_NET_RAW',
    'CAP_SETGID',
    'CAP_SYS_ADMIN',
    'CAP_SYS_PTRACE',
    'CAP_DAC_READ_SEARCH',
  ]),
  packageManager: findPackageManager(),
  asRoot: asRoot(),
});

function withRemedy(problem: Problem): Problem {
  if (isRoot()) return problem;
  return new Problem('missing', `${problem.message} As root it sees more: ${asRoot()}`, { cause: problem });
}
