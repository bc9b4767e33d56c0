// When each slot may dial: a slot whose connections do not last waits longer each time, and so do all slots of one peer together, so
// that twenty slots do not dial a peer that closes at once twenty times as often as one would.
import { redialDelay } from '../../probe/redial-delay.ts';

export interface PeerPace {
  /**
   * Calls `dial` when it is this slot's turn, never before this function has returned; the function returned calls it off.
   * @param failures Of this slot, in a row.
   */
  wait(peer: string, failures: number, dial: () => void): () => void;
  /** A connection that was dialled then (monotonic milliseconds) was not made, or ended before it had proven itself. */
  failed(peer: string, dialledMs: number): void;
  /** A connection has proven itself: who waits for this peer need not wait long any more. */
  proved(peer: string): void;
  /** Forgets all other peers but those that are waited for. */
  keep(peers: ReadonlySet<string>): void;
}

interface Peer {
  failures: number;
  /** Up to here dialling is given away. Monotonic milliseconds. */
  freeMs: number;
  /** When its last failure was counted: those that were dialled before then fail for the same reason. */
  countedMs: number;
  readonly waiting: Map<() => void, NodeJS.Timeout>;
}

/** Those who waited come back within this time after the first has proven itself. */
const wakeWithinMs = 500;

/** @param random Numbers in [0, 1). */
export function createPeerPace(nowMs: () => number, random: () => number): PeerPace {
  const peers = new Map<string, Peer>();

  function peerOf(name: string): Peer {
    const known = peers.get(name);
    if (known !== undefined) return known;
    const peer = { failures: 0, freeMs: 0, countedMs: Number.NEGATIVE_INFINITY, waiting: new Map() };
    peers.set(name, peer);
    return peer;
  }

  function arm(peer: Peer, turn: () => void, delayMs: number): void {
    clearTimeout(peer.waiting.get(turn));
    peer.waiting.set(turn, setTimeout(turn, delayMs));
  }

  return {
    wait(name, failures, dial) {
      const peer = peerOf(name);
      const now = nowMs();
      const turnMs = Math.max(now + redialDelay(failures, random), peer.freeMs);
      peer.freeMs = turnMs + redialDelay(peer.failures, random);
      const turn = () => {
        peer.waiting.delete(turn);
        dial();
      };
      arm(peer, turn, turnMs - now);
      return () => {
        clearTimeout(peer.waiting.get(turn));
        peer.waiting.delete(turn);
      };
    },
    failed(name, dialledMs) {
      const peer = peerOf(name);
      if (dialledMs < peer.countedMs) return;
      peer.failures += 1;
      peer.countedMs = nowMs();
    },
    proved(name) {
      const peer = peerOf(name);
      if (peer.failures === 0) return;
      peer.failures = 0;
      peer.freeMs = nowMs();
      for (const turn of peer.waiting.keys()) arm(peer, turn, wakeWithinMs * random());
    },
    keep(names) {
      for (const [name, { waiting }] of peers) if (!names.has(name) && waiting.size === 0) peers.delete(name);
    },
  };
}
