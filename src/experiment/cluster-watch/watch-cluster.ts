// One watch of a workload of a cluster: observers on the nodes of both ends of its connections, whose evidence is joined and judged here.
import { createAddressBook } from '../../cluster/address-book.ts';
import { removeObservers } from '../../cluster/observer-pod.ts';
import type { ReachedCluster } from '../../cluster/reach-cluster.ts';
import { findTarget, readWatched, type WatchedSet, type WatchTarget } from '../../cluster/watch-target.ts';
import { systemClock, type Micros } from '../../model/clock.ts';
import { plainAddress } from '../../model/endpoint.ts';
import type { MissingWitness } from '../../model/missing-witness.ts';
import { messageOf, Problem } from '../../model/problem.ts';
import type { WatchLoss, WatchSummary } from '../../model/watch-record.ts';
import { pause } from '../../system/pause.ts';
import type { LiveLosses, LiveLossesOptions, Watched } from '../watch/live-losses.ts';
import { createSourceNews } from '../watch/source-news.ts';
import { createHeardUntil } from './heard-until.ts';
import { createNameTeller } from './name-teller.ts';
import { createNodeIntake } from './node-intake.ts';
import { createObservers, type Wanted } from './observers.ts';
import { createOtherEnds } from './other-ends.ts';
import { requireRights } from './require-rights.ts';

export interface ClusterWatchSettings {
  readonly runId: string;
  /** `deploy/redis`; null for all of the namespace, or of the selector. */
  readonly target: string | null;
  readonly selector: string | null;
  /** Where observers' pods go. */
  readonly observerNamespace: string;
  readonly image: string;
  /** Where the image was named, for the sentence that says that it cannot be pulled. */
  readonly imageFrom: string;
  /** Whose data packets are looked at, too. */
  readonly ports: readonly number[];
  readonly mostNodes: number;
  readonly startTimeoutMs: number;
  readonly keepMs: number;
  /** Null to watch until the signal. */
  readonly durationMs: number | null;
}

interface ClusterWatchStart {
  readonly target: string;
  readonly pods: number;
  readonly nodes: readonly string[];
  readonly watched: Watched;
  readonly running: readonly string[];
  readonly missing: readonly MissingWitness[];
}

export interface ClusterWatchHooks {
  /** Ends the watch when aborted. */
  readonly signal: AbortSignal;
  /** What is being waited for. */
  onStage(text: string): void;
  onStarted(start: ClusterWatchStart): void;
  onLost(losses: readonly WatchLoss[]): void;
  /** About ten times a second. */
  onLook(watched: () => Watched, now: Micros): void;
  onMissing(missing: MissingWitness): void;
  /** Something that its user wants to know, and that the watch goes on without. */
  onNote(sentence: string): void;
}

const lookEveryMs = 100;
const targetEveryMs = 5_000;
const bookEveryMs = 10_000;
const soonestBookMs = 2_000;
/** An API server that is away for less is waited for, so that the evidence of all nodes is there when it is back. */
const patienceMs = 30_000;
/** What witnesses told just before the end is still on its way. */
const lastWordsMs = 1_000;

/**
 * Watches until the signal, or as long as is wanted, and resolves when nothing of it is left in the cluster. Throws a `missing` Problem
 * when rights are missing, or no observer can be started, and a `usage` one for a target that is not there.
 */
export async function watchCluster(
  cluster: ReachedCluster,
  settings: ClusterWatchSettings,
  createLosses: (options: LiveLossesOptions) => LiveLosses,
  hooks: ClusterWatchHooks,
): Promise<WatchSummary> {
  const { kubectl, namespace } = cluster;
  const { observerNamespace, runId } = settings;
  hooks.onStage('asking what may be done here');
  const target = await findTarget(kubectl, namespace, settings.target, settings.selector);
  await requireRights(cluster, settings.observerNamespace, (sentence) => hooks.onNote(sentence));
  const first = await readWatched(kubectl, target);
  if (first.pods.length === 0)
    throw new Problem('usage', `There is no pod to watch: ${target.words} has none that runs.`);
  try {
    return await watchTarget(cluster, settings, createLosses, hooks, { target, first });
  } finally {
    hooks.onStage('removing the observers');
    // Not ended by the signal: who ends it early wants nothing left.
    const patient = kubectl.withSignal(undefined);
    await removeObservers(patient, { namespace: observerNamespace, runId, timeoutMs: 30_000 }).catch(
      (error: unknown) => hooks.onNote(messageOf(error)),
    );
  }
}

async function watchTarget(
  cluster: ReachedCluster,
  settings: ClusterWatchSettings,
  createLosses: (options: LiveLossesOptions) => LiveLosses,
  hooks: ClusterWatchHooks,
  { target, first }: { readonly target: WatchTarget; readonly first: WatchedSet },
): Promise<WatchSummary> {
  const { kubectl, namespace, serverVersion, context } = cluster;
  const clock = systemClock();
  const ending = new AbortController();
  const watchedAddresses = new Set<string>();
  const losses = createLosses({
    ...{ node: context, keepMs: settings.keepMs, startedAt: clock.now() },
    // In a node's own network a pod's connections are told from others by its ports alone.
    wanted: {
      ports: isOfNodes(first) ? wantedOf(first).ports : [],
      addresses: watchedAddresses,
      pods: [],
      processes: [],
    },
  });
  const news = createSourceNews((one) => hooks.onMissing(one));
  const until = createHeardUntil(patienceMs, () => clock.monotonic());
  const failed = new Map<string, unknown>();
  const otherEndsOf = createOtherEnds(watchedAddresses);
  const book = createAddressBook(kubectl, namespace);
  const unknownEnds = new Set<string>();
  let hasStarted = false;

  function meet(address: string): void {
    const found = book.of(address);
    if (found === undefined) unknownEnds.add(address);
    else if (found.node !== null) observers.on(found.node);
  }

  const intake = createNodeIntake({
    ...{ losses, news, until },
    onEvent: (event) => otherEndsOf(event).forEach(meet),
    onNote: (sentence) => hooks.onNote(sentence),
  });
  const observers = createObservers(
    {
      ...{ kubectl, namespace: settings.observerNamespace, signal: ending.signal },
      onLine: (node, line) => intake.take(node, line),
      observer: {
        ...{ runId: settings.runId, image: settings.image, ports: settings.ports },
        hasAppArmorField:
          serverVersion.minor !== null && (serverVersion.major ?? 1) >= 1 && serverVersion.minor >= 30,
      },
      ...{ imageFrom: settings.imageFrom, mostNodes: settings.mostNodes },
      startTimeoutMs: settings.startTimeoutMs,
      onGone(node, words) {
        intake.silence(node, 'its observer ended');
        hooks.onNote(
          `The observer on ${node} ended${words === '' ? '' : ` (${words})`}; another one is started.`,
        );
      },
      onFailed(node, error) {
        failed.set(node, error);
        intake.silence(node, 'it is not observed');
        if (hasStarted) hooks.onNote(`${node} is not observed: ${messageOf(error)}`);
      },
    },
    wantedOf(first),
  );

  function follow(set: WatchedSet): void {
    const next = wantedOf(set);
    watchedAddresses.clear();
    for (const address of [...next.addresses, ...set.pods.flatMap(({ hostAddresses }) => hostAddresses)])
      watchedAddresses.add(plainAddress(address));
    observers.want(next);
    for (const { node } of set.pods) if (node !== null) observers.on(node);
  }

  const tellNames = createNameTeller(context, (event) => losses.take(event));

  async function readBook(): Promise<void> {
    await book.read();
    tellNames(book.all(), until.now() ?? clock.now());
    const asked = [...unknownEnds];
    unknownEnds.clear();
    // What is in no book is outside of the cluster.
    for (const address of asked) {
      const node = book.of(address)?.node ?? null;
      if (node !== null) observers.on(node);
    }
  }

  /** Until the end; what fails is tried again. */
  async function repeat(everyMs: () => number, task: () => Promise<void>): Promise<void> {
    for (;;) {
      await pause(everyMs(), ending.signal);
      if (ending.signal.aborted) return;
      await task().catch(() => undefined);
    }
  }

  let timer: NodeJS.Timeout | undefined;
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  const look = (): void => {
    try {
      for (const node of until.silent()) {
        intake.silence(node, `it was not heard for ${patienceMs / 1_000} s`);
        hooks.onNote(`${node} is not heard: what it sees is not known.`);
      }
      const now = until.now();
      if (now === undefined || !hasStarted) return;
      const lost = losses.look(now);
      if (lost.length > 0) hooks.onLost(lost);
      hooks.onLook(() => losses.watched(), now);
    } catch (error) {
      clearInterval(timer);
      broken.reject(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const end = AbortSignal.any([hooks.signal, ending.signal]);
  // A function, since it changes while we wait.
  const isOver = () => end.aborted;
  const tasks: Promise<void>[] = [];
  try {
    await book.read();
    for (const sentence of book.missing) hooks.onNote(sentence);
    tellNames(book.all(), until.now() ?? clock.now());
    follow(first);
    hooks.onStage(`starting observers on ${observers.nodes.join(', ')}`);
    const initial = observers.nodes;
    while (!isOver() && initial.some((node) => !intake.hasBegun(node) && !failed.has(node)))
      await pause(lookEveryMs, end);
    if (isOver()) throw new Problem('interrupted', 'interrupted before anything was watched.');
    const [why] = failed.values();
    if (initial.every((node) => failed.has(node)))
      throw why instanceof Problem ? why : new Problem('missing', messageOf(why));
    for (const [node, error] of failed) hooks.onNote(`${node} is not observed: ${messageOf(error)}`);
    tasks.push(
      repeat(
        () => targetEveryMs,
        async () => follow(await readWatched(kubectl, target)),
      ),
      repeat(() => (unknownEnds.size > 0 ? soonestBookMs : bookEveryMs), readBook),
    );
    hasStarted = true;
    hooks.onStarted({
      ...{ target: target.words, pods: first.pods.length },
      nodes: initial.filter((node) => !failed.has(node)),
      ...{ watched: losses.watched(), ...news.begin() },
    });
    timer = setInterval(look, lookEveryMs);
    await Promise.race([pause(settings.durationMs ?? longest, end), broken.promise]);
    await pause(lastWordsMs);
    clearInterval(timer);
    const endedAt = until.now() ?? clock.now();
    const rest = losses.end(endedAt);
    if (rest.length > 0) hooks.onLost(rest);
    return losses.summary(endedAt);
  } finally {
    clearInterval(timer);
    ending.abort();
    await observers.stop();
    await Promise.all(tasks);
  }
}

/** 24 days: a longer timer would end at once. */
const longest = 2_147_483_647;

const isOfNodes = ({ pods }: WatchedSet): boolean =>
  pods.every(({ hostPorts, addresses }) => addresses.length === 0 && hostPorts.length > 0);

function wantedOf({ pods, serviceAddresses, nodePorts }: WatchedSet): Wanted {
  return {
    addresses: [...pods.flatMap(({ addresses }) => addresses), ...serviceAddresses],
    ports: [...new Set([...pods.flatMap(({ hostPorts }) => hostPorts), ...nodePorts])],
  };
}
