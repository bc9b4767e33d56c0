// Does something again and again at times that are fixed beforehand, until told to stop.
import { pause } from '../../system/pause.ts';

/**
 * Waits for the first of `delays` (milliseconds), acts, waits for the next, and so on; delays are reckoned from due time to due
 * time. Resolves when the signal has aborted and the action under way is over; rejects when an action does.
 */
export async function repeat(
  action: (signal: AbortSignal) => Promise<unknown>,
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
