// Does something again and again at times that are fixed beforehand, until told to stop.
import { formatDuration } from '../../model/duration.ts';
import type { Random } from '../../model/random.ts';
import { pause } from '../../system/pause.ts';

/** How often something happens: from one time to the next, at least, and how much more at most. In milliseconds, at speed 1. */
export interface Rhythm {
  readonly everyMs: number;
  readonly jitterMs: number;
}

/** In words, as it runs at that speed. */
export function everyText({ everyMs, jitterMs }: Rhythm, speed: number): string {
  const jitter = jitterMs > 0 ? ` and up to ${formatDuration(jitterMs / speed)} more` : '';
  return `every ${formatDuration(everyMs / speed)}${jitter}`;
}

/** Yields the milliseconds from the start to the first time, then from each to the next, at that speed. */
export function* delays(
  firstMs: number,
  { everyMs, jitterMs }: Rhythm,
  speed: number,
  random: Random,
): Generator<number, never> {
  yield firstMs / speed;
  for (;;) yield (everyMs + random.next() * jitterMs) / speed;
}

type Action = (signal: AbortSignal) => Promise<unknown>;

export interface Loops {
  /** Rejects when an action fails; never resolves otherwise. */
  readonly failed: Promise<never>;
  /** Starts no further action and waits for those under way. */
  stop(): Promise<void>;
}

/** Repeats each action at its own times, from now on. */
export function startLoops(
  loops: readonly (readonly [action: Action, delays: Generator<number, never>])[],
): Loops {
  const stopping = new AbortController();
  const running = loops.map(([action, times]) => repeat(action, times, stopping.signal));
  const failed = new Promise<never>((_resolve, reject) => {
    for (const each of running) each.catch(reject);
  });
  failed.catch(() => undefined);
  return {
    failed,
    async stop() {
      stopping.abort();
      await Promise.allSettled(running);
    },
  };
}

/**
 * Waits for the first of `delays` (milliseconds), acts, waits for the next, and so on; delays are reckoned from due time to due
 * time. Resolves when the signal has aborted and the action under way is over; rejects when an action does.
 */
export async function repeat(
  action: Action,
  delays: Generator<number, never>,
  signal: AbortSignal,
): Promise<void> {
  let due = performance.now();
  while (!signal.aborted) {
    // Who is late does not catch up by acting several times at once: what was missed is left out.
    due = Math.max(due + delays.next().value, performance.now());
    await pause(Math.max(0, due - performance.now()), signal);
    // An AbortSignal may fire while we wait, which the compiler cannot see.
    if (signal.aborted as boolean) return;
    await action(signal);
  }
}
