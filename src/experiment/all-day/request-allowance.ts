// How many requests one node's watch may send the Kubernetes API: some at once, and so many a minute, whatever happens on the node.

export interface RequestAllowance {
  /** Takes one; false where none is left. */
  take(nowMs: number): boolean;
}

const perMinute = 30;
const atOnce = 10;

export function createRequestAllowance(beginMs: number): RequestAllowance {
  let left = atOnce;
  let atMs = beginMs;
  return {
    take(nowMs) {
      left = Math.min(atOnce, left + ((nowMs - atMs) / 60_000) * perMinute);
      atMs = nowMs;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
