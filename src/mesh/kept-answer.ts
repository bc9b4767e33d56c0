// An answer that is the same for everybody, made once for all who ask at about the same time: however many they are, making it takes a
// bounded share of the processor.

/** It is kept for so many times as long as it took to make, so that making it never takes more than an eleventh of the time. */
const timesItsCost = 10;

/**
 * The answer as it was at most `leastMs` ago, or ten times as long ago as it took to make. Rejects as `make` does, which is not kept.
 * @param nowMs Monotonic milliseconds.
 */
export function keepAnswer<T>(
  make: () => T | Promise<T>,
  leastMs: number,
  nowMs: () => number,
): () => Promise<T> {
  let making: Promise<T> | undefined;
  let untilMs = Number.POSITIVE_INFINITY;
  return () => {
    if (making !== undefined && nowMs() < untilMs) return making;
    const startMs = nowMs();
    untilMs = Number.POSITIVE_INFINITY;
    const made = Promise.try(make);
    making = made;
    made.then(
      () => {
        untilMs = nowMs() + Math.max(leastMs, timesItsCost * (nowMs() - startMs));
      },
      () => {
        making = undefined;
      },
    );
    return made;
  };
}
