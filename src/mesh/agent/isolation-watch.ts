// Notices when the agent's own node was cut off: no other node answered, and the coordinator was asked in vain. What timed out then
// says nothing of the others. A silent peer, or a coordinator that is away, is not enough: each alone happens to nodes that are well.
import type { LinkFailure } from './link.ts';

export interface IsolationWatch {
  /** A server on another node has answered. */
  answered(): void;
  /** To be called often; asks the coordinator when it is time to. `expected`: there are connections to other nodes. */
  tick(expected: boolean): void;
  /** Whether the node was cut off at any time in between. Monotonic milliseconds. */
  overlaps(fromMs: number, toMs: number): boolean;
}

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

const rememberMs = 15 * 60_000;

/**
 * @param silentMs From so long a silence of all other nodes on the coordinator is asked; longer than the time between two answers.
 * @param reaches Asks whether a coordinator on another node can be reached; must not reject.
 */
export function createIsolationWatch(
  silentMs: number,
  nowMs: () => number,
  reaches: () => Promise<boolean>,
): IsolationWatch {
  const stretches: Stretch[] = [];
  let sinceMs = nowMs();
  let inVain = false;
  let askedMs = Number.NEGATIVE_INFINITY;
  let asking = false;

  /** Somebody was heard: the silence is over, and was isolation if nobody could be reached in it. */
  function heard(): void {
    const now = nowMs();
    if (inVain) stretches.push({ fromMs: sinceMs, toMs: now });
    while (stretches[0] !== undefined && now - stretches[0].toMs > rememberMs) stretches.shift();
    sinceMs = now;
    inVain = false;
  }

  async function ask(): Promise<void> {
    asking = true;
    const since = sinceMs;
    const reached = await reaches();
    asking = false;
    askedMs = nowMs();
    // An answer of another node came meanwhile.
    if (since !== sinceMs) return;
    if (reached) heard();
    else inVain = true;
  }

  return {
    answered: heard,
    tick(expected) {
      const now = nowMs();
      if (!expected) {
        // Nobody is there whose silence would mean anything.
        sinceMs = now;
        inVain = false;
      } else if (!asking && now - sinceMs >= silentMs && now - askedMs >= silentMs) void ask();
    },
    overlaps(fromMs, toMs) {
      const open = inVain ? [{ fromMs: sinceMs, toMs: Number.POSITIVE_INFINITY }] : [];
      return [...stretches, ...open].some((one) => one.fromMs <= toMs && one.toMs >= fromMs);
    },
  };
}

/** What a node that is cut off sees: others do not answer, or are nowhere, and no name is found. A RST or a refusal comes from somebody. */
export function mayBeIsolation({ event, target, landing }: LinkFailure): boolean {
  if (event.syscall === 'getaddrinfo') return true;
  const far = (landing?.class ?? target.class) !== 'same-node';
  return far && (event.failure === 'timeout' || event.failure === 'unreachable');
}
