// An answer that is the same for everybody, made once for all who ask at about the same time: however many they are, making it takes a
// bounded share of the processor.

/** It is kept for so many times as long as it took to make, so that making it never takes more than an eleventh of the time. */
const timesItsCost = 10;

interface Keeping {
  /** Without news it is kept for so long, whatever it cost. Milliseconds; default: 0. */
  readonly withoutNewsMs?: number;
  /** Another string than before means news. Default: there is none. */
  readonly news?: () => string;
}

/**
 * The answer as it is, or as it was at most ten times as long ago as it took to make, or `withoutNewsMs`. Rejects as `make` does, which is
 * not kept.
 * @param nowMs Monotonic milliseconds.
 */
export function keepAnswer<T>(
  make: () => T | Promise<T>,
  nowMs: () => number,
  { withoutNewsMs = 0, news = () => '' }: Keeping = {},
): () => Promise<T> {
  let making: Promise<T> | undefined;
  let madeOf = '';
  let paidMs = Number.POSITIVE_INFINITY;
  let staleMs = Number.POSITIVE_INFINITY;
  const isKept = () => nowMs() < paidMs || (nowMs() < staleMs && news() === madeOf);
  return () => {
    if (making !== undefined && isKept()) return making;
    const startMs = nowMs();
    [paidMs, staleMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    madeOf = news();
    const made = Promise.try(make);
    making = made;
    made.then(
      () => {
        paidMs = nowMs() + timesItsCost * (nowMs() - startMs);
        staleMs = nowMs() + withoutNewsMs;
      },
      () => {
        making = undefined;
      },
    );
    return made;
  };
}
