// Holds each failure back until the news that may explain it can have come, then has it settled, in order.

export interface HoldBack<T> {
  put(item: T): void;
  /** Settles what has been held long enough; to be called often. */
  tick(): void;
  /** Held, or being settled. */
  size(): number;
}

/** @param settle Called with one item at a time, in the order in which they came; must not reject. */
export function createHoldBack<T extends { readonly atMs: number }>(
  holdMs: number,
  nowMs: () => number,
  settle: (item: T) => Promise<void>,
): HoldBack<T> {
  const held: T[] = [];
  let settling = false;

  async function settleDue(): Promise<void> {
    settling = true;
    for (let first = held[0]; first !== undefined && first.atMs + holdMs <= nowMs(); first = held[0]) {
      await settle(first);
      held.shift();
    }
    settling = false;
  }

  return {
    put: (item) => void held.push(item),
    tick() {
      if (!settling && held.length > 0) void settleDue();
    },
    size: () => held.length,
  };
}
