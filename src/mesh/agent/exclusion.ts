// The life-cycle rules: whether a failure counts, or which known event it belongs to. Pure.
import type { ExclusionCause, LeftOutReason } from '../../model/mesh-plan.ts';
import { stallMs, type Stall } from './stall-watch.ts';

export interface HeldFailure {
  /** Monotonic milliseconds. */
  readonly atMs: number;
  /** How late the agent ran at that moment, milliseconds. */
  readonly loopDelayMs: number;
  /** The server had said that it was leaving. */
  readonly farewell: boolean;
  /** An established connection got a RST: somebody sent it, which a node that is gone does not. */
  readonly wasReset: boolean;
  /** Its place had had an answer, on this connection or on one before it. */
  readonly answeredBefore: boolean;
}

/** What is known when the hold-back ends, of the time from the failure until then. */
export interface Knowledge {
  /** When the agent was told to end; null when it was not. */
  readonly stoppingSinceMs: number | null;
  readonly stalls: readonly Stall[];
  /** Why the target's node was left out at any time since shortly before the failure; null when it was not. */
  readonly target: LeftOutReason | null;
  /** The same for the agent's own node. */
  readonly own: LeftOutReason | null;
  /** One of the two was called not ready by an API whose word is doubted. */
  readonly doubted: boolean;
  /** The own node reached nobody while this failed, and this may be a consequence. */
  readonly isolated: boolean;
}

/** After a stall the sockets tell of what happened meanwhile: timeouts, and servers that gave us up. */
export const afterStallMs = 5_000;

/** The cause for which the failure does not count; null when it does. The tool's own doing is looked at first. */
export function exclusionFor(failure: HeldFailure, knowledge: Knowledge): ExclusionCause | null {
  const { atMs } = failure;
  const { stoppingSinceMs, stalls, target, own, doubted, isolated } = knowledge;
  if (stoppingSinceMs !== null && atMs >= stoppingSinceMs) return 'own-rollout';
  if (failure.farewell) return 'own-rollout';
  const stalled = stalls.some(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs + afterStallMs);
  if (stalled || failure.loopDelayMs >= stallMs) return 'own-stall';
  if (target !== null || own !== null) return target ?? own;
  if (isolated) return 'own-isolation';
  if (doubted && !failure.wasReset) return 'node-in-doubt';
  return failure.answeredBefore ? null : 'before-first-answer';
}
