// Everything that watches one node, started and stopped together; parsed events go to evidence/NODE/events.ndjson.
import { formatMicros, systemClock, type Clock, type Micros } from '../model/clock.ts';
import type { BlindSpot, NodeEvent, SourceEvent } from '../model/node-event.ts';
import { messageOf, Problem } from '../model/problem.ts';
import type { CaptureScope } from '../system/tools/tcpdump.ts';
import { machineIdentity } from './machine-identity.ts';
import { anchorIn } from './namespace-anchor.ts';
import { createPodNames } from './names/pod-names.ts';
import { createPodFinder } from './pod-namespaces.ts';
import { seesOnlyItsFamily } from './process-family.ts';
import type { Pace } from './sampler.ts';
import { createLostBooks, type LostBooks } from '../run-folder/lost-books.ts';
import { openNodeFolder } from '../run-folder/open-node.ts';
import {
  eventsShare,
  rawShare,
  type ClusterAccess,
  type RunningWitness,
  type Witness,
  type WitnessContext,
} from './witness.ts';
import * as registered from './witnesses.ts';

export interface WatchOptions {
  /** The network namespace to watch: a name of `ip netns`, null for our own. Default: the node's name. */
  readonly netns?: string | null;
  /** Default: every TCP packet, handed over at once. */
  readonly capture?: CaptureScope;
  /** Of the witnesses that read counters at intervals. Default: every 100 ms, each in at most a fifth of the time. */
  readonly pace?: Pace;
  /** Bound on the bytes of all files together. Default: 256 MiB. */
  readonly maxBytes?: number;
  /** The addresses of the node's pods. Default: every other network namespace with a process that we can see. */
  readonly podAddresses?: readonly string[];
  /** All processes of the node and its pods are descendants of ours. Default: there are others, be they seen or not. */
  readonly processesAreOurs?: boolean;
  /** Witnesses that are not to run; each says so of itself. */
  readonly without?: readonly string[];
  /** Tell what programs were started with, which may hold secrets. Default: not. */
  readonly arguments?: boolean;
  /** The witnesses that there are here at all: of others nothing is said. Default: every one. */
  readonly only?: readonly string[];
  /** For witnesses that name addresses. Default: nobody is asked. */
  readonly cluster?: ClusterAccess;
  /** Who is told of what could not be written. Default: nobody. */
  readonly books?: LostBooks;
  readonly clock?: Clock;
  /** Called when a witness that reads at intervals has read all once more after that moment, be it that nothing had moved. */
  readonly onRead?: (witness: string, until: Micros) => void;
}

export interface NodeWatch {
  /** Rejects when no witness is left. */
  readonly failed: Promise<never>;
  /** Stops all witnesses, once; resolves, with what each said of itself last, when every line is in its file. */
  stop(): Promise<readonly SourceEvent[]>;
}

const everyWitness: readonly Witness[] = Object.values(registered);

/** What each is called in evidence. */
export const witnessNames: readonly string[] = everyWitness.map(({ name }) => name);

/**
 * Watches a node until stopped. `folder` is the run's folder; with null nothing is written anywhere. Resolves when every witness that
 * can run here listens; each says of itself, by an event, whether it does. Throws a `missing` Problem when none can.
 */
export async function watchNode(
  node: string,
  folder: string | null,
  onEvent: (event: NodeEvent) => void,
  options: WatchOptions = {},
): Promise<NodeWatch> {
  const {
    netns = node,
    clock = systemClock(),
    pace = { periodMs: 100, share: 0.2 },
    maxBytes = 268_435_456,
    capture = { packets: 'all', ports: [], immediate: true },
    without = [],
    only = witnessNames,
    cluster = { access: null, why: null },
    books = createLostBooks(folder ?? '', () => undefined, clock),
  } = options;
  const witnesses = everyWitness.filter(({ name }) => only.includes(name));
  const files = await openNodeFolder(folder, node, maxBytes, books);
  const anchor = await anchorIn(netns);
  const machine = machineIdentity(anchor.proc);
  const pods = createPodFinder(anchor.proc, options.podAddresses);
  const podNames = createPodNames();
  const said = new Map<string, SourceEvent>();
  const live = new Set<Witness>();
  const running: { witness: Witness; run: RunningWitness; say: Say }[] = [];
  const noneLeft = Promise.withResolvers<never>();
  noneLeft.promise.catch(() => undefined);

  const eventsLeftOut = (reason: string) => {
    for (const { say } of running) say('limited', reason, null);
  };
  // Whoever was handed the events has them all; whoever reads the file is told that it has not.
  const eventsBack = (reason: string) => {
    for (const { witness } of running) keep(sourceEvent(witness, 'limited', reason, null));
  };
  const parsed = files.openEvents(eventsShare, eventsLeftOut, eventsBack);
  const keep = (event: NodeEvent) => {
    if (folder !== null) parsed.write(`${JSON.stringify(event)}\n`);
  };
  const record = (event: NodeEvent) => {
    keep(event);
    onEvent(event);
    if (event.event === 'link-changed') for (const { run } of running) run.onLinkChange?.();
    for (const { run } of running) run.onTold?.(event);
  };

  type Say = (
    state: SourceEvent['state'],
    text: string,
    lost: number | null,
    more?: {
      readonly blindTo?: readonly BlindSpot[];
      readonly ownAddresses?: readonly string[];
      readonly readUntil?: string;
    },
  ) => void;
  const rawName = (witness: Witness) => `${witness.name}.${witness.extension}`;
  const sourceEvent = (witness: Witness, ...[state, text, lost, more]: Parameters<Say>): SourceEvent => ({
    ...{ event: 'source', at: formatMicros(clock.now()), source: witness.name, text, node },
    ...{ file: files.nameOf(rawName(witness)), state, lost },
    ...(more?.blindTo === undefined ? {} : { blindTo: [...more.blindTo] }),
    ...(more?.ownAddresses === undefined ? {} : { ownAddresses: [...more.ownAddresses] }),
    ...(more?.readUntil === undefined ? {} : { readUntil: more.readUntil }),
    ...(machine === null ? {} : { machine }),
  });
  const sayFor = (witness: Witness, takes?: readonly string[]): Say => {
    return (...words) => {
      const plain = sourceEvent(witness, ...words);
      const event = takes === undefined ? plain : { ...plain, takes: [...takes] };
      said.set(witness.name, event);
      record(event);
    };
  };

  const startOne = async (witness: Witness) => {
    const raw = rawName(witness);
    const file = files.nameOf(raw);
    const say = sayFor(witness);
    const context: WitnessContext = {
      node,
      netns,
      proc: anchor.proc,
      clock,
      pace,
      capture,
      ...{ pods, podNames, cluster, tellsArguments: options.arguments === true },
      seesProcesses: options.processesAreOurs === true || !seesOnlyItsFamily(process.pid),
      file,
      openRaw: (head) =>
        files.open(raw, rawShare(witness, witnesses), (reason) => say('limited', reason, null), head),
      emit(lineSays, text) {
        const { event, at } = lineSays;
        // The common fields first: people read these lines, too.
        record({ ...{ event, at, source: witness.name, text, node, file }, ...lineSays });
      },
      read: (until) => options.onRead?.(witness.name, until),
      sawReset: () => {
        for (const { run } of running) run.onReset?.();
      },
      limited(text, lost, blindTo) {
        // What fails at every reading is said once.
        if (said.get(witness.name)?.text !== text)
          say('limited', text, lost, blindTo === undefined ? {} : { blindTo });
      },
      failed(text, final) {
        say('failed', text, null);
        if (final) live.delete(witness);
        if (live.size === 0)
          noneLeft.reject(new Problem('fault', `no source of evidence is left on ${node}: ${text}`));
      },
    };
    live.add(witness);
    try {
      const run = await witness.start(context);
      running.push({ witness, run, say });
      const { limit = null, ownAddresses = [] } = run;
      sayFor(witness, run.takes)(
        'started',
        run.scope,
        null,
        ownAddresses.length === 0 ? {} : { ownAddresses },
      );
      if (limit !== null) say('limited', limit.text, null, limit);
    } catch (error) {
      live.delete(witness);
      say('unavailable', messageOf(error), null);
    }
  };

  const closeAll = async () => {
    files.close();
    await anchor.stop();
  };

  for (const witness of witnesses) {
    if (without.includes(witness.name)) sayFor(witness)('unavailable', 'left out, as --without has it', null);
  }
  await Promise.all(witnesses.filter(({ name }) => !without.includes(name)).map(startOne));
  if (live.size === 0) {
    await closeAll();
    const reasons = [...said.values()].map(({ source, text }) => `${source}: ${text}`);
    throw new Problem('missing', `nothing can be observed on ${node}: ${reasons.join('; ')}.`);
  }
  let stopped: Promise<readonly SourceEvent[]> | undefined;
  return {
    failed: noneLeft.promise,
    stop: () => (stopped ??= stopAll()),
  };

  async function stopAll(): Promise<readonly SourceEvent[]> {
    await Promise.all(
      running.map(async ({ witness, run, say }) => {
        const end = await run.stop();
        if (live.has(witness)) say('stopped', end.text, end.lost, end);
      }),
    );
    await closeAll();
    return [...said.values()];
  }
}
