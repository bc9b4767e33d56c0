// What can wait until a burst is over: when a thousand connections are reset together, each one's report would else wait for the
// closing and dialling of all before it.
import type { Clock } from '../model/clock.ts';

export interface AfterBurst {
  /** Does it in a later turn of the event loop, in the order of adding; soon when nothing more comes in. */
  add(work: () => void): void;
  /** Does at once what still waits. */
  finish(): void;
}

/** Done in one turn of the event loop: what comes in meanwhile, resets above all, goes first. */
const worksInTurn = 16;
/** A burst is over when nothing was added for so long. */
const calmMs = 2;
/** While more and more comes, work waits for so long, or so many turns, at most. */
const longestWaitMs = 500;
const mostTurnsWaited = 2_000;

export function createAfterBurst(clock: Clock): AfterBurst {
  let waiting: (() => void)[] = [];
  let done = 0;
  let addedMs = 0;
  let beganMs = 0;
  let turnsWaited = 0;

  function some(): void {
    const left = waiting.length - done;
    if (left === 0) return;
    if (left > worksInTurn && turnsWaited < mostTurnsWaited) {
      const now = clock.monotonic();
      if (now - addedMs < calmMs && now - beganMs < longestWaitMs) {
        turnsWaited += 1;
        setImmediate(some);
        return;
      }
    }
    for (let times = 0; times < worksInTurn && done < waiting.length; times++) waiting[done++]?.();
    if (done < waiting.length) setImmediate(some);
    else forget();
  }

  function forget(): void {
    waiting = [];
    done = 0;
  }

  return {
    add(work) {
      addedMs = clock.monotonic();
      if (waiting.length === done) {
        beganMs = addedMs;
        turnsWaited = 0;
        setImmediate(some);
      }
      waiting.push(work);
    },
    finish() {
      while (done < waiting.length) waiting[done++]?.();
      forget();
    },
  };
}
