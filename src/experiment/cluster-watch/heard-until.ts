// Until when all nodes have told everything: what was lost is judged up to then, and not later, so that both ends' evidence is there. A
// node that is silent for too long is waited for no more.
import type { Micros } from '../../model/clock.ts';

export interface HeardUntil {
  /** All that this node knew at that moment of its clock was told. */
  heard(node: string, at: Micros): void;
  /** It is not to be waited for any more: it was given up, or is being started anew. */
  leave(node: string): void;
  /** The nodes that have just become too silent; each once until it is heard again. */
  silent(): readonly string[];
  /** Never goes back; undefined before any node was heard. */
  now(): Micros | undefined;
}

/** @param patienceMs How long a silent node is waited for. @param monotonic Milliseconds. */
export function createHeardUntil(patienceMs: number, monotonic: () => number): HeardUntil {
  const nodes = new Map<string, { at: Micros; heardAt: number; isSilent: boolean }>();
  let latest: Micros | undefined;
  return {
    heard(node, at) {
      nodes.set(node, { at, heardAt: monotonic(), isSilent: false });
    },
    leave: (node) => void nodes.delete(node),
    silent() {
      const now = monotonic();
      return [...nodes].flatMap(([node, one]) => {
        if (one.isSilent || now - one.heardAt < patienceMs) return [];
        one.isSilent = true;
        return [node];
      });
    },
    now() {
      const waited = [...nodes.values()].filter(({ isSilent }) => !isSilent);
      if (waited.length > 0) latest = Math.max(latest ?? 0, Math.min(...waited.map(({ at }) => at)));
      return latest;
    },
  };
}
