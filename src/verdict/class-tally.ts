// What one class of clients lived through: connections held, probes, failures, episodes of resets, latencies.
import type { Micros } from '../model/clock.ts';
import { isBeforeFirstAnswer, type ClientEvent, type FailedEvent } from '../model/probe-event.ts';
import type { ClassSummary } from '../model/run-record.ts';
import { createHistogram, type Histogram } from '../stats/histogram.ts';
import { poissonInterval } from '../stats/poisson.ts';
import { addSpan, joinSpans, type Span } from '../stats/spans.ts';

/** A class as decide() sees it. */
export interface ClassHistory {
  readonly summary: ClassSummary;
  /** Resets joined at half the episode window, so that the verdict can also be tried with half of it and with twice. */
  readonly bursts: readonly Span[];
  /** When at least one connection was open. */
  readonly watched: readonly Span[];
  /** From when a probe was due to when it was answered, milliseconds. */
  readonly latency: Histogram;
  /** The class's last event, or `at` when connections were still open then. */
  readonly lastAt: Micros;
}

export interface ClassTally {
  add(event: ClientEvent, at: Micros): void;
  history(at?: Micros): ClassHistory;
}

const level = 0.95;

/** An empty tally of one class; see createTally. */
export function createClassTally(name: string, episodeWindowMs: number): ClassTally {
  const windowMicros = episodeWindowMs * 1_000;
  const bursts: Span[] = [];
  const closedSpans: Span[] = [];
  const latency = createHistogram();
  const open = new Map<number, Micros>();
  // The last answer on each of these.
  const answeredAt = new Map<number, Micros>();
  // Connections whose end was read before their beginning: lines of several files may come slightly out of order.
  const endedEarly = new Set<number>();
  const slots = new Set<number>();
  const otherFailures = { refused: 0, timeout: 0, closed: 0, unreachable: 0, other: 0 };
  const early = { reset: 0, refused: 0, timeout: 0, closed: 0, unreachable: 0, other: 0 };
  const answeredSlots = new Set<number>();
  // Slots whose connection has come to an end.
  const endedSlots = new Set<number>();
  let target: string | undefined;
  let [resets, unanswered, closedMicros] = [0, 0, 0];
  let firstConnectedAt = Number.POSITIVE_INFINITY;
  let lastEventAt = Number.NEGATIVE_INFINITY;

  function connected(event: ClientEvent, at: Micros): void {
    slots.add(event.slot);
    firstConnectedAt = Math.min(firstConnectedAt, at);
    const former = open.get(event.connection);
    if (former !== undefined && former < at) wasKilled(event.connection, former);
    if (!endedEarly.delete(event.connection)) open.set(event.connection, at);
  }

  /** Another process counts anew from the same number: the former one was killed, and had no time to say so. */
  function wasKilled(connection: number, since: Micros): void {
    const until = Math.max(since, answeredAt.get(connection) ?? since);
    closedMicros += until - since;
    addSpan(closedSpans, { start: since, end: until, count: 1 }, 0);
    open.delete(connection);
  }

  function ended(event: ClientEvent, at: Micros, livedMs: number): void {
    if (!open.delete(event.connection)) endedEarly.add(event.connection);
    answeredAt.delete(event.connection);
    slots.add(event.slot);
    // Whole microseconds add up to the same sum in any order.
    const lived = Math.round(livedMs * 1_000);
    closedMicros += lived;
    firstConnectedAt = Math.min(firstConnectedAt, at - lived);
    addSpan(closedSpans, { start: at - lived, end: at, count: 1 }, 0);
  }

  function failed(event: FailedEvent, at: Micros): void {
    endedSlots.add(event.slot);
    if (isBeforeFirstAnswer(event)) {
      early[event.failure] += 1;
      slots.add(event.slot);
      // Its time does not count: a reset in it would not have counted either.
      if (event.phase !== 'connecting' && !open.delete(event.connection)) endedEarly.add(event.connection);
      return;
    }
    if (event.phase !== 'connecting') ended(event, at, event.livedMs);
    if (event.phase === 'awaiting') unanswered += 1;
    if (event.failure === 'reset') {
      resets += 1;
      addSpan(bursts, { start: at, end: at, count: 1 }, windowMicros / 2);
    } else {
      otherFailures[event.failure] += 1;
    }
  }

  function summarize(lastAt: Micros): ClassSummary {
    const connected = Number.isFinite(firstConnectedAt);
    const wallSeconds = connected ? Math.max(0, lastAt - firstConnectedAt) / 1e6 : 0;
    let openMicros = 0;
    for (const since of open.values()) openMicros += Math.max(0, lastAt - since);
    const connectionSeconds = (closedMicros + openMicros) / 1e6;
    const episodes = joinSpans(bursts, windowMicros).length;
    return {
      name,
      target: target ?? '',
      connections: slots.size,
      connectionSeconds,
      wallSeconds,
      probes: latency.count + unanswered,
      answered: latency.count,
      resets,
      episodes,
      otherFailures: { ...otherFailures },
      beforeFirstAnswer: { ...early },
      neverAnswered: [...endedSlots].filter((slot) => !answeredSlots.has(slot)).length,
      resetsPerHour: poissonInterval(resets, connectionSeconds / 3_600, level),
      episodesPerHour: poissonInterval(episodes, wallSeconds / 3_600, level),
      latencyMs: { p50: latency.quantile(0.5), p99: latency.quantile(0.99) },
    };
  }

  return {
    add(event, at) {
      lastEventAt = Math.max(lastEventAt, at);
      // One class may have several targets in an imported history; the choice must not depend on the order.
      if (target === undefined || event.remote < target) target = event.remote;
      if (event.event !== 'connected' && event.answers > 0) answeredSlots.add(event.slot);
      switch (event.event) {
        case 'connected':
          connected(event, at);
          break;
        case 'answered':
          // From due, not from sent: a client that was held up must not hide the wait (coordinated omission).
          latency.add(event.latencyMs + event.lateMs);
          answeredAt.set(event.connection, at);
          break;
        case 'failed':
          failed(event, at);
          break;
        case 'finished':
          endedSlots.add(event.slot);
          ended(event, at, event.livedMs);
          break;
      }
    },
    history(at) {
      const lastAt = open.size > 0 && at !== undefined ? Math.max(at, lastEventAt) : lastEventAt;
      const watched = [...closedSpans];
      for (const since of open.values()) {
        if (since < lastAt) addSpan(watched, { start: since, end: lastAt, count: 1 }, 0);
      }
      return { summary: summarize(lastAt), bursts: [...bursts], watched, latency, lastAt };
    },
  };
}
