// Which agents are there: those that asked for their plan not long ago, or are still waiting for it.

export interface Poller {
  /** The node's agent asks, and will not ask again before `waitMs` have passed or its plan has changed. */
  seen(node: string, waitMs: number): void;
  isPolling(node: string): boolean;
  count(): number;
  /** How many have come so far, those that came again after they had been away among them. */
  arrivals(): number;
}

/** An agent that has its answer asks again at once, unless it is restarted or has lost its way to us. */
const graceMs = 30_000;

/** @param nowMs Monotonic milliseconds. */
export function createPollers(nowMs: () => number): Poller {
  const until = new Map<string, number>();
  let arrived = 0;
  const isPolling = (node: string) => (until.get(node) ?? 0) > nowMs();
  return {
    seen(node, waitMs) {
      if (!isPolling(node)) arrived += 1;
      until.set(node, nowMs() + waitMs + graceMs);
    },
    isPolling,
    arrivals: () => arrived,
    count() {
      const now = nowMs();
      for (const [node, endMs] of until) if (endMs <= now) until.delete(node);
      return until.size;
    },
  };
}
