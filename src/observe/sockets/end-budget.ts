// How many ends that tell nothing may be told: a node that makes and ends thousands of connections a second would fill the evidence.

export interface EndBudget {
  /** Takes one; false when there is none left now. */
  take(): boolean;
}

export interface BudgetSize {
  readonly perSecond: number;
  /** So many at once, when nothing was taken for a while. */
  readonly burst: number;
}

/** `monotonic`: milliseconds. */
export function createEndBudget(monotonic: () => number, { perSecond, burst }: BudgetSize): EndBudget {
  let [left, at] = [burst, monotonic()];
  return {
    take() {
      const now = monotonic();
      left = Math.min(burst, left + ((now - at) / 1_000) * perSecond);
      at = now;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
