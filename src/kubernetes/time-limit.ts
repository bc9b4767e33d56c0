// A time limit as a signal, which can be put off while something goes on.

export interface TimeLimit {
  /** Aborts when the time is over, or when the outer signal does. */
  readonly signal: AbortSignal;
  /** The time begins anew. */
  putOff(): void;
  /** The time was over, and that before the outer signal aborted. */
  passed(): boolean;
  /** The time no longer matters. */
  off(): void;
}

export function createTimeLimit(milliseconds: number, outer?: AbortSignal): TimeLimit {
  const late = new AbortController();
  let passed = false;
  const timer = setTimeout(() => {
    passed = outer?.aborted !== true;
    late.abort();
  }, milliseconds);
  return {
    signal: outer === undefined ? late.signal : AbortSignal.any([outer, late.signal]),
    putOff: () => void timer.refresh(),
    passed: () => passed,
    off: () => clearTimeout(timer),
  };
}
