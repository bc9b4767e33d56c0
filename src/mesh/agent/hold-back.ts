// Holds each failure back until the news that may explain it can have come, then has it settled, in order. Where nobody could have
// brought the news it waits longer, up to a limit: neither the time nor the number of those that wait grows without end.

export interface HoldBack<T> {
  put(item: T): void;
  /** Settles what has been held long enough; to be called often. */
  tick(): void;
  /** Held, waiting, or being settled. */
  size(): number;
}

export interface HoldBackSettings {
  /** Milliseconds. */
  readonly holdMs: number;
  /** After `holdMs`: so much longer an item waits for news, at most. */
  readonly waitMs: number;
  /** So many wait at the same time; then the oldest is settled with what is known. */
  readonly mostWaiting: number;
  /** So many are held at the same time; then the oldest is no longer held, but settled as if its time had come. */
  readonly mostHeld: number;
}

/** What the owner knows. */
export interface HoldBackOwner<T> {
  /** Monotonic milliseconds. */
  nowMs(): number;
  /** News up to here is known, monotonic milliseconds; null before the first. */
  heardMs(): number | null;
  /**
   * Settles one, and says whether it could; `last`: it must. Called with one item at a time, in the order in which they came; must not
   * reject.
   */
  settle(item: T, last: boolean): Promise<boolean>;
}

export function createHoldBack<T extends { readonly atMs: number }>(
  { holdMs, waitMs, mostWaiting, mostHeld }: HoldBackSettings,
  owner: HoldBackOwner<T>,
): HoldBack<T> {
  const held: T[] = [];
  const waiting: T[] = [];
  let settling = false;

  const isDue = ({ atMs }: T) => atMs + holdMs <= owner.nowMs() || held.length > mostHeld;
  const isOver = ({ atMs }: T) => owner.nowMs() >= atMs + holdMs + waitMs;
  const isTold = ({ atMs }: T) => (owner.heardMs() ?? Number.NEGATIVE_INFINITY) > atMs;

  async function settleWaiting(): Promise<void> {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const last = isOver(first) || waiting.length > mostWaiting;
      if (!last && !isTold(first)) return;
      if (!(await owner.settle(first, last))) return;
      waiting.shift();
    }
  }

  async function settleDue(): Promise<void> {
    settling = true;
    await settleWaiting();
    for (let first = held[0]; first !== undefined && isDue(first); first = held[0]) {
      if (!(await owner.settle(first, false))) waiting.push(first);
      held.shift();
      await settleWaiting();
    }
    settling = false;
  }

  return {
    put: (item) => void held.push(item),
    tick() {
      if (!settling && held.length + waiting.length > 0) void settleDue();
    },
    size: () => held.length + waiting.length,
  };
}
