// A fault: what happens to a running world, as data, done with the real tools and real signals at times fixed by the seed.
import type { Change } from './plan.ts';

/** One thing done to the world, or to one of the run's programs (by the name of a server or of a client class). */
export type FaultAction =
  | Change
  | {
      readonly do: 'signal';
      readonly program: string;
      readonly signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL' | 'SIGTERM';
    }
  | { readonly do: 'start'; readonly program: string };

/** Actions that follow each other without a pause, `afterMs` after the fault began. */
export interface FaultStep {
  readonly afterMs: number;
  readonly actions: readonly FaultAction[];
}

/** All times in milliseconds, divided by the run's speed. */
export interface FaultSpec {
  readonly about: string;
  /** From the start of the clients to the first time. */
  readonly firstMs: number;
  /** From one time to the next, at least; up to `jitterMs` more, drawn from the seed. */
  readonly everyMs: number;
  readonly jitterMs: number;
  /** In order of time. */
  readonly steps: readonly FaultStep[];
}
