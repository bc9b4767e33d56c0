// The page's bytes, made once for all who ask within a moment: drawing it takes far more memory than sending it.

/** Who opens the page is sent the newest state of each part right after it, so that this is nothing that anybody sees. */
const longestAgeMs = 200;

export interface RecentPage {
  /** The page as it is now, or was up to 200 ms ago. Throws what drawing it throws. */
  bytes(): Buffer;
  /** There is news: the next one who asks gets a new page. */
  forget(): void;
}

export function createRecentPage(draw: () => string): RecentPage {
  let made: { readonly bytes: Buffer; readonly atMs: number } | undefined;
  return {
    bytes() {
      const nowMs = performance.now();
      if (made === undefined || nowMs - made.atMs > longestAgeMs) {
        made = { bytes: Buffer.from(draw()), atMs: nowMs };
      }
      return made.bytes;
    },
    forget() {
      made = undefined;
    },
  };
}
