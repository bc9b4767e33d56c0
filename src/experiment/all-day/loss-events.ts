// A Kubernetes Event for what a pod loses: one for each pod and cause, raised when it happens again, and few of them in any minute. Nothing
// waits for the API: what it does not take is tried again for a while, and then counted.
import { ApiFailure } from '../../kubernetes/api-failure.ts';
import type { NodePod } from '../../kubernetes/node-pods.ts';
import type { PodEvents } from '../../kubernetes/pod-events.ts';
import type { EventOutcome, WithoutEventReason } from '../../metrics/watch-metrics.ts';
import type { WatchLoss } from '../../model/watch-record.ts';
import { eventMessage, reasonOf, type EventLoss } from './event-words.ts';
import { createHeldLosses } from './held-losses.ts';
import { localEnds, type LocalEnd } from './local-ends.ts';
import type { PodsHere } from './pods-here.ts';
import { createRequestAllowance } from './request-allowance.ts';

export interface LossEvents {
  take(losses: readonly WatchLoss[], nowMs: number): void;
  /** To be called about ten times a second. */
  look(nowMs: number): void;
  /** Tells what is left, as far as the allowance and a few seconds go; the rest is counted. */
  stop(): Promise<void>;
}

export interface LossEventsOptions {
  readonly api: PodEvents;
  readonly pods: PodsHere;
  readonly onMade: (outcome: EventOutcome) => void;
  /** So many ends of lost connections are told of by no Event. */
  readonly onWithout: (reason: WithoutEventReason, losses: number) => void;
  readonly log: (message: string) => void;
  /** Monotonic milliseconds. */
  readonly nowMs?: () => number;
}

/** Within this most corrections of the first word have come. */
const holdMs = 15_000;
const mostHeld = 5_000;
/** What happens again within this raises the Event that there is. */
const newAfterMs = 600_000;
/** An Event is not raised more often than this. */
const raiseEveryMs = 30_000;
/** What no Event could be made of by then is news no more. */
const staleMs = 900_000;
/** Pods and causes that are known at once. */
const mostTopics = 500;
/** The first wait after the API was away, and the longest. */
const [firstWaitMs, longestWaitMs] = [1_000, 300_000];
/** A namespace that is being deleted, or rights that are not there, are not asked about again sooner. */
const refusedWaitMs = 300_000;
/** Who ends the watch does not wait longer. */
const stopMs = 3_000;
const sayEveryMs = 600_000;

/** What a pod loses by one cause. */
interface Topic {
  readonly pod: NodePod;
  /** The Event that there is; null where there is none, or it is of long ago. */
  made: { readonly firstAt: string; readonly count: number } | null;
  /** What it is called, from the first try on: a request whose answer was lost may have been heard. */
  name: string;
  /** Losses that no Event tells of yet, when the first of them was, and since when they wait. */
  untold: number;
  firstAt: string;
  sinceMs: number;
  /** The last of all, and which of its ends the pod is. */
  last: EventLoss;
  end: 'client' | 'server';
  lastMs: number;
  /** Nothing is sent of it sooner. */
  notBeforeMs: number;
  failed: WithoutEventReason | null;
}

export function createLossEvents({
  api,
  pods,
  onMade,
  onWithout,
  log,
  nowMs = () => performance.now(),
}: LossEventsOptions): LossEvents {
  /** Those of which something was told last stand last. */
  const topics = new Map<string, Topic>();
  /** Those with losses that no Event tells of, in the order in which they are to be told. */
  const waiting = new Map<string, Topic>();
  const allowance = createRequestAllowance(nowMs());
  const stopping = new AbortController();
  let sending: Promise<void> | undefined;
  let notBeforeMs = 0;
  let waitMs = firstWaitMs;
  let saidMs = Number.NEGATIVE_INFINITY;
  let serial = 0;

  const held = createHeldLosses<EventLoss>({
    ...{ holdMs, most: mostHeld },
    keep: ({ at, ends, ended, ageMs, idleMs, unanswered, author, cause, rivals }) => ({
      ...{ at, ends, ended, ageMs, idleMs, unanswered, author, cause, rivals },
    }),
    drop: () => undefined,
    count(loss) {
      const [first, second] = localEnds(loss.ends, pods);
      if (first !== undefined) note(loss, first);
      // A pod that talks to itself loses one connection.
      if (second !== undefined && second.pod?.uid !== first?.pod?.uid) note(loss, second);
    },
    // The Event says what was said of it by then; the counter of late corrections tells.
    late: () => undefined,
  });

  function note(loss: EventLoss, { end, pod }: LocalEnd): void {
    if (pod === null || end === 'neither') {
      onWithout('no-pod', 1);
      return;
    }
    const now = nowMs();
    const key = `${pod.uid} ${loss.cause.id}`;
    const known = topics.get(key);
    if (known === undefined && topics.size >= mostTopics && !makeRoom(now)) {
      onWithout('bound', 1);
      return;
    }
    const topic: Topic = known ?? {
      ...{ pod, end, made: null, name: eventName(pod.name), untold: 0, firstAt: loss.at, sinceMs: now },
      ...{ last: loss, lastMs: now, notBeforeMs: 0, failed: null },
    };
    if (now - topic.lastMs > newAfterMs) begin(topic);
    if (topic.untold === 0) Object.assign(topic, { firstAt: loss.at, sinceMs: now, failed: null });
    topic.untold += 1;
    topic.lastMs = now;
    if (loss.at < topic.firstAt) topic.firstAt = loss.at;
    if (loss.at >= topic.last.at) Object.assign(topic, { last: loss, end });
    topics.delete(key);
    topics.set(key, topic);
    if (!waiting.has(key)) waiting.set(key, topic);
  }

  /** What follows is told by an Event of its own. */
  function begin(topic: Topic): void {
    topic.made = null;
    topic.name = eventName(topic.pod.name);
  }

  /** The one that was silent for longest goes, if all that is to be said of it has been. */
  function makeRoom(now: number): boolean {
    for (const [key, topic] of topics) {
      if (waiting.has(key)) continue;
      // One that is raised again soon would become an Event of its own.
      if (now - topic.lastMs <= newAfterMs) return false;
      topics.delete(key);
      return true;
    }
    return false;
  }

  function giveUp(key: string, topic: Topic, reason: WithoutEventReason): void {
    onWithout(reason, topic.untold);
    topic.untold = 0;
    waiting.delete(key);
  }

  function sendNext(now: number): void {
    if (sending !== undefined) return;
    for (const [key, topic] of waiting)
      if (now - topic.sinceMs > staleMs) giveUp(key, topic, topic.failed ?? 'rate');
    if (now < notBeforeMs) return;
    const due = [...waiting].find(([, topic]) => now >= topic.notBeforeMs);
    if (due === undefined || !allowance.take(now)) return;
    const [key, topic] = due;
    sending = send(key, topic).finally(() => {
      sending = undefined;
    });
  }

  async function send(key: string, topic: Topic): Promise<void> {
    const { pod, end, made, name, untold, last } = topic;
    const firstAt = made?.firstAt ?? secondOf(topic.firstAt);
    const event = {
      ...{ name, pod: { namespace: pod.namespace, name: pod.name, uid: pod.uid } },
      ...{ reason: reasonOf(last), message: eventMessage(last, end), count: (made?.count ?? 0) + untold },
      ...{ firstAt, lastAt: secondOf(last.at) },
    };
    try {
      const isNew = made === null && (await api.create(event, stopping.signal));
      if (!isNew) await api.raise(event, stopping.signal);
    } catch (error) {
      failed(key, topic, error);
      return;
    }
    waitMs = firstWaitMs;
    topic.made = { firstAt, count: event.count };
    topic.notBeforeMs = nowMs() + raiseEveryMs;
    topic.untold -= untold;
    waiting.delete(key);
    // Lost while the request was under way.
    if (topic.untold > 0) {
      Object.assign(topic, { firstAt: topic.last.at, sinceMs: nowMs() });
      waiting.set(key, topic);
    }
    onMade(made === null ? 'created' : 'raised');
  }

  function failed(key: string, topic: Topic, error: unknown): void {
    if (stopping.signal.aborted) {
      topic.failed = 'away';
      return;
    }
    const { status, message } = error instanceof ApiFailure ? error : new ApiFailure(0, String(error));
    if (topic.made !== null && status === 404) {
      // The API keeps Events for an hour; what happens now is a new one.
      begin(topic);
      return;
    }
    const now = nowMs();
    if (now - saidMs >= sayEveryMs) {
      saidMs = now;
      log(`no Event could be made on the pod ${topic.pod.namespace}/${topic.pod.name}: ${message}`);
    }
    if (isAway(status)) {
      topic.failed = status === 401 ? 'refused' : 'away';
      notBeforeMs = now + waitMs * (0.5 + Math.random());
      waitMs = Math.min(longestWaitMs, waitMs * 2);
    } else {
      topic.notBeforeMs = now + refusedWaitMs;
      giveUp(key, topic, 'refused');
    }
  }

  /** As kubelets do, and different from any other of the same pod. */
  function eventName(pod: string): string {
    serial += 1;
    const unique = (BigInt(Date.now()) * 1_000_000n + BigInt(serial % 1_000_000)).toString(16);
    return `${pod.slice(0, 200).replace(/[.-]+$/, '')}.${unique}`;
  }

  return {
    take: (losses, now) => held.take(losses, now),
    look(now) {
      held.look(now);
      sendNext(now);
    },
    async stop() {
      held.end();
      const timer = setTimeout(() => stopping.abort(), stopMs);
      // What was raised a moment ago may be raised once more: nobody will be there to do it later.
      for (const topic of waiting.values()) if (topic.made !== null) topic.notBeforeMs = 0;
      while (!stopping.signal.aborted) {
        const before = waiting.size;
        sendNext(nowMs());
        if (sending === undefined && (before === waiting.size || waiting.size === 0)) break;
        await sending;
      }
      clearTimeout(timer);
      for (const [key, topic] of waiting) giveUp(key, topic, topic.failed ?? 'rate');
    },
  };
}

/** Nobody answered, or somebody who may answer otherwise later. */
const isAway = (status: number): boolean => status === 0 || status === 401 || status === 429 || status >= 500;

/** Events' times are of seconds. */
const secondOf = (at: string): string => at.replace(/\.[0-9]+Z$/, 'Z');
