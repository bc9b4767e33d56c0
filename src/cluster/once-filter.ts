// Lets each line of a log pass once, though a stream that is attached again repeats the last seconds of the one before.

/** Lines are kept for this long, by their own time: longer than the overlap that is asked for after a drop. */
const keepMicros = 60e6;
/** Old lines are swept out when this many have come since the last sweep. */
const sweepAfter = 10_000;

export interface OnceFilter {
  /** True the first time. Two events of one process are never the same line: time, connection and kind together are unique. */
  isNew(line: string, atMicros: number): boolean;
}

/** One for each pod. Its memory holds a minute of lines, not the run. */
export function createOnceFilter(): OnceFilter {
  const seen = new Map<string, number>();
  let newest = Number.NEGATIVE_INFINITY;
  let swept = Number.NEGATIVE_INFINITY;
  let added = 0;
  return {
    isNew(line, atMicros) {
      // Older than what was swept out: it was here before, or nobody can tell.
      if (atMicros < swept || seen.has(line)) return false;
      seen.set(line, atMicros);
      newest = Math.max(newest, atMicros);
      added += 1;
      if (added >= sweepAfter) {
        swept = newest - keepMicros;
        for (const [old, at] of seen) if (at < swept) seen.delete(old);
        added = 0;
      }
      return true;
    },
  };
}
