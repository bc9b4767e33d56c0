// Losses that are held back for a while, since most corrections of what was said first come within seconds: each is counted once, by what
// was said of it last by then.
import type { WatchLoss } from '../../model/watch-record.ts';

export interface HoldingOptions<Kept> {
  /** From a loss' first word on; milliseconds. */
  readonly holdMs: number;
  /** With more, the oldest are counted before their time. */
  readonly most: number;
  /** What is kept of one; called for each revision. */
  readonly keep: (loss: WatchLoss) => Kept;
  /** What was kept of a former revision is let go of. */
  readonly drop: (kept: Kept) => void;
  readonly count: (kept: Kept) => void;
  /** A correction of one that was counted already. */
  readonly late: (loss: WatchLoss) => void;
}

export interface HeldLosses {
  /** @param nowMs Monotonic milliseconds, as everywhere here. */
  take(losses: readonly WatchLoss[], nowMs: number): void;
  /** Counts those whose time has come. */
  look(nowMs: number): void;
  /** Counts all. */
  end(): void;
  readonly size: number;
}

interface Held<Kept> {
  readonly dueMs: number;
  /** Null of one that was taken back: it may be said again. */
  kept: Kept | null;
}

export function createHeldLosses<Kept>({
  holdMs,
  most,
  keep,
  drop,
  count,
  late,
}: HoldingOptions<Kept>): HeldLosses {
  /** Oldest first: each is held equally long. */
  const held = new Map<string, Held<Kept>>();

  function release(until: (one: Held<Kept>) => boolean): void {
    for (const [id, one] of held) {
      if (!until(one)) return;
      held.delete(id);
      if (one.kept !== null) count(one.kept);
    }
  }

  return {
    take(losses, nowMs) {
      for (const loss of losses) {
        const own = held.get(loss.id);
        if (own === undefined && loss.revision > 1) {
          late(loss);
          continue;
        }
        if (own !== undefined && own.kept !== null) drop(own.kept);
        const kept = loss.ended === 'benign' ? null : keep(loss);
        if (own === undefined) held.set(loss.id, { dueMs: nowMs + holdMs, kept });
        else own.kept = kept;
      }
      release(() => held.size > most);
    },
    look: (nowMs) => release(({ dueMs }) => dueMs <= nowMs),
    end: () => release(() => true),
    get size() {
      return held.size;
    },
  };
}
