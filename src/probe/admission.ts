// Whom a server lets in: so many in all, so many of one address, and so many that do not take their answers. When all places are taken,
// whoever has never asked anything leaves first.

export interface AdmissionLimits {
  readonly connections: number;
  /** Of these, from one address. */
  readonly connectionsPerAddress: number;
  /** Connections at once whose answers the kernel does not take: each holds a buffer for them. */
  readonly untaken: number;
}

/** Why a connection was not let in, or had to leave. */
export const turnedAwayReasons = ['connections', 'connections-per-address', 'silent', 'untaken'] as const;
export type TurnedAway = (typeof turnedAwayReasons)[number];

interface Guest {
  /** It has to leave. */
  close(): void;
}

export interface Admission<T extends Guest> {
  /** Whether one more of this address may come in; it may make another one leave. */
  admits(address: string): boolean;
  entered(guest: T, address: string): void;
  /** It was answered for the first time. */
  asked(guest: T): void;
  /** It does not take its answers; false when it has to leave for that. */
  mayWait(): boolean;
  /** It takes them again, or is gone. */
  waited(): void;
  left(guest: T): void;
}

/** Whoever is here for a shorter time may still be about to ask: a client does so a period after it connected. */
const silentMs = 10_000;

/** @param nowMs Monotonic milliseconds. */
export function createAdmission<T extends Guest>(
  limits: AdmissionLimits,
  nowMs: () => number,
  onTurnedAway: (why: TurnedAway) => void,
): Admission<T> {
  const addressOf = new Map<T, string>();
  const byAddress = new Map<string, number>();
  /** Those that never asked, with when they came. Oldest first. */
  const silent = new Map<T, number>();
  let untaken = 0;

  return {
    admits(address) {
      if ((byAddress.get(address) ?? 0) >= limits.connectionsPerAddress) {
        onTurnedAway('connections-per-address');
        return false;
      }
      if (addressOf.size < limits.connections) return true;
      const [oldest] = silent;
      if (oldest === undefined || nowMs() - oldest[1] < silentMs) {
        onTurnedAway('connections');
        return false;
      }
      onTurnedAway('silent');
      oldest[0].close();
      return true;
    },
    entered(guest, address) {
      addressOf.set(guest, address);
      byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
      silent.set(guest, nowMs());
    },
    asked: (guest) => void silent.delete(guest),
    mayWait() {
      if (untaken >= limits.untaken) {
        onTurnedAway('untaken');
        return false;
      }
      untaken += 1;
      return true;
    },
    waited: () => void (untaken -= 1),
    left(guest) {
      silent.delete(guest);
      const address = addressOf.get(guest);
      if (address === undefined) return;
      addressOf.delete(guest);
      const others = (byAddress.get(address) ?? 1) - 1;
      if (others === 0) byAddress.delete(address);
      else byAddress.set(address, others);
    },
  };
}
