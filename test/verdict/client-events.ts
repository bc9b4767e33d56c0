// Client events for tests, in seconds after a fixed moment.
import { formatMicros, type Micros } from '../../src/model/clock.ts';
import type { ClientEvent, FailedEvent } from '../../src/model/probe-event.ts';

export const origin: Micros = Date.UTC(2026, 10, 23, 5, 0, 0) * 1_000;

/** Microseconds since the epoch, `seconds` after the origin. */
export function micros(seconds: number): Micros {
  return origin + Math.round(seconds * 1e6);
}

function base(className: string, connection: number, seconds: number, slot: number) {
  return {
    at: formatMicros(micros(seconds)),
    loopDelayMs: 0,
    role: 'client',
    class: className,
    connection,
    slot,
    local: '10.0.0.2:40000',
    remote: '10.48.14.50:8080',
  } as const;
}

export function connected(
  className: string,
  connection: number,
  seconds: number,
  slot = connection,
): ClientEvent {
  return { event: 'connected', ...base(className, connection, seconds, slot), connectMs: 0.2 };
}

export function answered(
  className: string,
  connection: number,
  seconds: number,
  details: { latencyMs?: number; lateMs?: number; slot?: number } = {},
): ClientEvent {
  const { latencyMs = 0.4, lateMs = 0, slot = connection } = details;
  return {
    event: 'answered',
    ...base(className, connection, seconds, slot),
    latencyMs,
    lateMs,
    answers: 1,
  };
}

export function failed(
  className: string,
  connection: number,
  seconds: number,
  details: Partial<
    Pick<FailedEvent, 'failure' | 'phase' | 'livedMs' | 'slot' | 'answers' | 'slotAnswered'>
  > = {},
): ClientEvent {
  const {
    failure = 'reset',
    phase = 'awaiting',
    livedMs = 0,
    slot = connection,
    answers = 1,
    slotAnswered,
  } = details;
  const errno = failure === 'reset' ? 'ECONNRESET' : failure.toUpperCase();
  return {
    event: 'failed',
    ...base(className, connection, seconds, slot),
    failure,
    errno,
    syscall: 'read',
    phase,
    livedMs,
    answers,
    lastGoodAt: null,
    ...(slotAnswered === undefined ? {} : { slotAnswered }),
  };
}

export function finished(
  className: string,
  connection: number,
  seconds: number,
  livedMs: number,
  slot = connection,
): ClientEvent {
  return { event: 'finished', ...base(className, connection, seconds, slot), livedMs, answers: 1 };
}

/**
 * All that one class goes through in `until` seconds: `connections` of them, each answered once a second, all of them reset
 * and at once connected again at each of the times in `resets`.
 */
export function classEvents(
  className: string,
  connections: number,
  until: number,
  resets: readonly number[],
): ClientEvent[] {
  const events: ClientEvent[] = [];
  let number = 0;
  for (let slot = 0; slot < connections; slot += 1) {
    let since = 0;
    events.push(connected(className, number, since, slot));
    for (const reset of resets) {
      events.push(failed(className, number, reset, { slot, livedMs: (reset - since) * 1_000 }));
      number += 1;
      since = reset;
      events.push(connected(className, number, since, slot));
    }
    events.push(
      answered(className, number, until),
      finished(className, number, until, (until - since) * 1_000),
    );
    number += 1;
  }
  return events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
