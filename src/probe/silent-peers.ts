// Peers that connect and close again without a byte, as a kubelet's TCP probes do every few seconds: two lines each would leave
// nothing else in the log. A connection is said with its first byte, or once it has stayed; those that did neither are counted.
import type { Surroundings } from './surroundings.ts';

export interface SilentPeers<T extends SilentPeer> {
  /** One more is open, and has not been said. */
  accepted(peer: T): void;
  /** It has been said, by itself or because it stayed. */
  spoke(peer: T): void;
  /** It closed without having been said: counted. `end` is the peer's, ADDRESS:PORT. */
  left(peer: T, end: string): void;
  /** Says how many were counted since it was last said, if there were any. */
  say(): void;
  stop(): void;
}

export interface SilentPeer {
  /** Logs that it was accepted. */
  announce(): void;
}

/** A health check has closed long before. */
const staysMs = 250;
const sayEveryMs = 10 * 60_000;

export function createSilentPeers<T extends SilentPeer>({
  clock,
  log,
}: Pick<Surroundings, 'clock' | 'log'>): SilentPeers<T> {
  /** When each was accepted, in that order. Monotonic milliseconds. */
  const unsaid = new Map<T, number>();
  let timer: NodeJS.Timeout | undefined;
  let counted = 0;
  let saidMs = Number.NEGATIVE_INFINITY;
  let last = '';

  function look(): void {
    timer = undefined;
    const now = clock.monotonic();
    for (const [peer, sinceMs] of unsaid) {
      if (now - sinceMs < staysMs) {
        arm(staysMs - (now - sinceMs));
        return;
      }
      unsaid.delete(peer);
      peer.announce();
    }
  }

  function arm(milliseconds: number): void {
    timer ??= setTimeout(look, Math.ceil(milliseconds));
  }

  function say(): void {
    if (counted === 0) return;
    const what = counted === 1 ? 'A connection was' : `${counted} connections were`;
    log(
      `${what} closed without a byte, as TCP health checks do (the last by ${last}); said every 10 minutes at most`,
    );
    counted = 0;
    saidMs = clock.monotonic();
  }

  return {
    accepted(peer) {
      unsaid.set(peer, clock.monotonic());
      arm(staysMs);
    },
    spoke: (peer) => void unsaid.delete(peer),
    left(peer, end) {
      unsaid.delete(peer);
      counted += 1;
      last = end;
      if (clock.monotonic() - saidMs >= sayEveryMs) say();
    },
    say,
    stop: () => clearTimeout(timer),
  };
}
