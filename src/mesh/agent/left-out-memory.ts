// Remembers which nodes were left out, and when: a plan's news may come before the failure that it explains, or after it.
import type { LeftOutReason } from '../../model/mesh-plan.ts';

export interface LeftOutMemory {
  /** The nodes that are left out from now on, in place of those before. */
  now(leftOut: readonly { readonly node: string; readonly reason: LeftOutReason }[]): void;
  /** One node's state, as just heard. */
  heard(node: string, reason: LeftOutReason | null): void;
  /** The latest reason that held at any time since then (monotonic milliseconds); null when none did. */
  since(node: string, sinceMs: number): LeftOutReason | null;
  /** Nodes that are remembered. */
  size(): number;
}

interface Stretch {
  readonly reason: LeftOutReason;
  /** Infinity while it lasts. */
  endMs: number;
}

const rememberMs = 15 * 60_000;
/** Nodes that are remembered after they were left out: a plan that names others each time must not fill the memory. */
const mostEnded = 10_000;

export function createLeftOutMemory(nowMs: () => number): LeftOutMemory {
  const stretches = new Map<string, Stretch>();

  function open(node: string, reason: LeftOutReason): void {
    stretches.set(node, { reason, endMs: Number.POSITIVE_INFINITY });
  }

  /** The oldest of those whose time is over go first. */
  function bound(lasting: number): void {
    let surplus = stretches.size - lasting - mostEnded;
    for (const [node, { endMs }] of stretches) {
      if (surplus <= 0) return;
      if (endMs === Number.POSITIVE_INFINITY) continue;
      stretches.delete(node);
      surplus -= 1;
    }
  }

  return {
    now(leftOut) {
      const names = new Set(leftOut.map(({ node }) => node));
      for (const [node, stretch] of stretches) {
        if (!names.has(node) && stretch.endMs === Number.POSITIVE_INFINITY) stretch.endMs = nowMs();
        if (nowMs() - stretch.endMs > rememberMs) stretches.delete(node);
      }
      for (const { node, reason } of leftOut) open(node, reason);
      bound(names.size);
    },
    size: () => stretches.size,
    heard(node, reason) {
      const known = stretches.get(node);
      if (reason !== null) open(node, reason);
      else if (known?.endMs === Number.POSITIVE_INFINITY) known.endMs = nowMs();
    },
    since(node, sinceMs) {
      const stretch = stretches.get(node);
      return stretch !== undefined && stretch.endMs >= sinceMs ? stretch.reason : null;
    },
  };
}
