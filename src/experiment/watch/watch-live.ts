// One live watch of a node: its witnesses tell, the engine judges, and what was lost is said as it happens.
import { setFlagsFromString } from 'node:v8';
import { formatMicros, systemClock, type Micros } from '../../model/clock.ts';
import type { LostOutput } from '../../model/lost-output.ts';
import type { MissingWitness } from '../../model/missing-witness.ts';
import type { NodeEvent } from '../../model/node-event.ts';
import { messageOf, type ProblemKind } from '../../model/problem.ts';
import type { Watcher, WatchLoss, WatchRun, WatchSummary } from '../../model/watch-record.ts';
import { createProcessArguments } from '../../observe/process-arguments.ts';
import { watchNode } from '../../observe/watch-node.ts';
import type { ClusterAccess } from '../../observe/witness.ts';
import { createLostBooks } from '../../run-folder/lost-books.ts';
import { keepRunRecord } from '../../run-folder/write-record.ts';
import { pause } from '../../system/pause.ts';
import { answerAskers, type Recorder } from './answer-askers.ts';
import { createHeapReturn } from './heap-return.ts';
import type { LiveLosses, LiveLossesOptions, WantedConnections, Watched } from './live-losses.ts';
import { createSourceNews } from './source-news.ts';
import { withArguments } from './with-arguments.ts';

export interface LiveWatchSettings {
  readonly node: string;
  /** A network namespace of `ip netns`; null for the one that we are in. */
  readonly netns: string | null;
  /** Of the node's pods, where other nodes' are seen, too; null for all that the node reaches itself. */
  readonly podAddresses: readonly string[] | null;
  /** The run's folder, made already; null when nothing is to be written. */
  readonly folder: string | null;
  readonly maxBytes: number;
  readonly wanted: WantedConnections;
  readonly keepMs: number;
  /** Null to watch until the signal. */
  readonly durationMs: number | null;
  readonly without: readonly string[];
  readonly cluster: ClusterAccess;
  /** Whether the arguments of processes are to be said. */
  readonly withArguments: boolean;
  /** Where we can be asked about what is past: a folder for sockets, or why there is none. */
  readonly recorder: { readonly folder: string } | { readonly folder: null; readonly why: string };
}

/** What there is when every witness has said whether it runs. */
export interface LiveWatchStart {
  readonly watched: Watched;
  /** By the names of witnesses. */
  readonly running: readonly string[];
  readonly missing: readonly MissingWitness[];
  /** What there is so far, as often as it is shown; how many are stalled is said at the end only. */
  readonly soFar: () => WatchSummary;
  /** Where we can be asked; null where not, and why not. */
  readonly socket: string | null;
  readonly notAsked: string | null;
}

export interface LiveWatchHooks {
  /** Ends the watch when aborted. */
  readonly signal: AbortSignal;
  onStarted(start: LiveWatchStart): void;
  /** What was lost, in order of time; called whenever something was, or was corrected. */
  onLost(losses: readonly WatchLoss[]): void;
  /** About ten times a second. `watched` is to be asked by whoever shows it. */
  onLook(watched: () => Watched, now: Micros): void;
  /** A witness ended or sees less than before. */
  onMissing(missing: MissingWitness): void;
  /** Something cannot be written; called once. */
  onUnwritable(sentence: string): void;
}

export interface LiveWatchEnd {
  readonly summary: WatchSummary;
  /** Since every witness listened. */
  readonly seconds: number;
  readonly lostOutput: readonly LostOutput[];
  /** Why it ended before its time; null when it did not. */
  readonly brokeOff: Error | null;
}

const lookEveryMs = 100;
/** As `netdebug observe` does: all witnesses that read counters stay well below 2% of a core. */
const pace = { periodMs: 1_000, share: 0.003 };

/**
 * Watches until the signal, or as long as is wanted, and resolves when nothing of it is left. Throws a `missing` Problem when no witness
 * can run.
 */
export async function watchLive(
  settings: LiveWatchSettings,
  createLosses: (options: LiveLossesOptions) => LiveLosses,
  hooks: LiveWatchHooks,
): Promise<LiveWatchEnd> {
  // What a flood of events leaves behind is thrown away sooner: else its garbage takes many times what is held.
  setFlagsFromString('--semi-space-growth-factor=1');
  const { node, folder, keepMs, wanted } = settings;
  const clock = systemClock();
  const startedAt = clock.now();
  const losses = createLosses({ node, wanted, keepMs, startedAt });
  const books = createLostBooks(folder ?? '', (sentence) => hooks.onUnwritable(sentence), clock);
  const args = settings.withArguments ? createProcessArguments() : undefined;
  const news = createSourceNews((one) => hooks.onMissing(one));
  const onEvent = (event: NodeEvent) => {
    losses.take(event);
    args?.learn(event);
    if (event.event === 'source') news.hear(event);
  };
  const watch = await watchNode(node, folder, onEvent, {
    ...{ netns: settings.netns, maxBytes: settings.maxBytes, without: settings.without, books, pace, clock },
    // What is asked to be one network namespace has no pods of its own.
    ...(settings.netns === null && settings.podAddresses === null
      ? {}
      : { podAddresses: settings.podAddresses ?? [] }),
    // Ends are wanted at once; data packets are many, and wake nobody up, even where they cannot be held in memory.
    capture: { packets: 'flags', ports: wanted.ports, immediate: wanted.ports.length === 0, data: 'ring' },
    cluster: settings.cluster,
    onRead: (witness, until) => losses.read(witness, until),
  });
  // Starting may take seconds, in which not every witness listens.
  const begunAt = clock.now();
  const record = async (complete: boolean, now: Micros) => {
    if (folder !== null) await keepRunRecord(folder, runOf(losses, startedAt, now, complete), books);
  };
  let recorder: Recorder | undefined;
  let timer: NodeJS.Timeout | undefined;
  const broken = Promise.withResolvers<Error>();
  const say = (said: readonly WatchLoss[]) => {
    if (said.length > 0)
      hooks.onLost(args === undefined ? said : said.map((one) => withArguments(one, args)));
  };
  const heap = createHeapReturn();
  const watched = () => losses.watched();
  const look = () => {
    try {
      const now = clock.now();
      const lost = losses.look(now);
      say(lost);
      heap.look(now, lost.length > 0);
      hooks.onLook(watched, now);
    } catch (error) {
      clearInterval(timer);
      broken.resolve(asError(error));
    }
  };
  try {
    const asked = await openRecorder(settings, startedAt, losses, () => clock.now());
    recorder = asked.recorder;
    await record(false, clock.now());
    hooks.onStarted({
      ...{ watched: losses.watched(), ...news.begin() },
      soFar: () => losses.summary(clock.now(), true),
      ...{ socket: recorder?.path ?? null, notAsked: asked.why },
    });
    timer = setInterval(look, lookEveryMs);
    const brokeOff = await untilEnd(settings.durationMs, hooks.signal, [
      broken.promise,
      watch.failed.catch(asError),
    ]);
    // What witnesses still tell while they stop is said as well.
    await watch.stop();
    clearInterval(timer);
    const endedAt = clock.now();
    say(losses.end(endedAt));
    await record(brokeOff === null, endedAt);
    const seconds = (endedAt - begunAt) / 1e6;
    return { summary: losses.summary(endedAt), seconds, lostOutput: books.all(), brokeOff };
  } finally {
    clearInterval(timer);
    await recorder?.stop();
    await watch.stop();
  }
}

/** What its end means: for the one who only asked whether something was lost, too. */
export function liveWatchStatus(
  { summary, lostOutput }: LiveWatchEnd,
  fail: boolean,
): 'finished' | 'unexpected' | Extract<ProblemKind, 'unwritable'> {
  if (lostOutput.length > 0) return 'unwritable';
  return fail && summary.lost > 0 ? 'unexpected' : 'finished';
}

/** Resolves with what broke the watch off; null when it was to end. */
async function untilEnd(
  durationMs: number | null,
  signal: AbortSignal,
  failures: readonly Promise<Error>[],
): Promise<Error | null> {
  // A timer that nobody waits for any more would keep the process alive.
  const over = new AbortController();
  const end = AbortSignal.any([signal, over.signal]);
  const time = async () => {
    for (let left = durationMs ?? Infinity; left > 0 && !end.aborted; left -= longestTimer)
      await pause(Math.min(left, longestTimer), end);
    return null;
  };
  return await Promise.race([time(), ...failures]).finally(() => over.abort());
}

/** 24 days: a longer timer would end at once. */
const longestTimer = 2_147_483_647;

/** The recorder is good to have, and no more. */
async function openRecorder(
  { recorder, node, keepMs }: LiveWatchSettings,
  startedAt: Micros,
  losses: LiveLosses,
  now: () => Micros,
): Promise<{ readonly recorder: Recorder | undefined; readonly why: string | null }> {
  if (recorder.folder === null) return { recorder: undefined, why: recorder.why };
  const watcher: Watcher = {
    ...{ schemaVersion: 1, kind: 'watcher', node, pid: process.pid, keepMs },
    from: formatMicros(startedAt),
  };
  const source = { watcher, since: (at: Micros) => losses.since(at), summary: () => losses.summary(now()) };
  try {
    return { recorder: await answerAskers(recorder.folder, source), why: null };
  } catch (error) {
    return { recorder: undefined, why: messageOf(error) };
  }
}

function runOf(losses: LiveLosses, startedAt: Micros, now: Micros, complete: boolean): WatchRun {
  return {
    ...{ schemaVersion: 2, kind: 'watch', scenario: null, verdict: null, classes: [] },
    startedAt: formatMicros(startedAt),
    durationSeconds: Math.round((now - startedAt) / 1e5) / 10,
    ...{ complete, summary: losses.summary(now) },
  };
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
