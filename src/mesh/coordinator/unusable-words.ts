// What the log says of what the API tells and no cluster can have: a sentence now and then, since there can be much of it.

const sayEveryMs = 5 * 60_000;

/**
 * Takes what was left out, in a few words, each time.
 * @param nowMs Monotonic milliseconds.
 */
export function createUnusableWords(
  log: (message: string) => void,
  nowMs: () => number,
): (what: string) => void {
  let saidMs = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return (what) => {
    if (nowMs() - saidMs < sayEveryMs) {
      unsaid += 1;
      return;
    }
    const more = unsaid === 0 ? '' : `, as were ${unsaid} others since this was last said`;
    log(`The API tells of ${what}, which is left out${more} (said every 5 minutes at most).`);
    saidMs = nowMs();
    unsaid = 0;
  };
}
