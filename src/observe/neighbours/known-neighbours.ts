// What of a neighbour's changes is news: another link-layer address, no answer any more, an answer again. That it was asked is none.

interface SeenNeighbour {
  readonly address: string;
  readonly interface: string;
  readonly mac: string | null;
  /** It was asked often enough, and did not answer. */
  readonly isFailed: boolean;
}

export interface NeighbourNews {
  readonly change: 'moved' | 'failed' | 'recovered';
  readonly macBefore: string | null;
}

export interface KnownNeighbours {
  /** `at`: microseconds. */
  see(neighbour: SeenNeighbour, at: number): NeighbourNews | undefined;
  /** Its entry is gone. One that comes back soon is compared with it; later the address may have been given to somebody else. */
  gone(neighbour: Pick<SeenNeighbour, 'address' | 'interface'>, at: number): void;
}

interface Known {
  readonly mac: string | null;
  readonly isFailed: boolean;
  readonly goneAt: number | null;
}

const comesBackWithin = 30_000_000;
const mostKnown = 20_000;

export function createKnownNeighbours(): KnownNeighbours {
  // The one that was not heard of for longest comes first.
  const known = new Map<string, Known>();
  const put = (key: string, one: Known) => {
    known.delete(key);
    known.set(key, one);
    const [oldest] = known.keys();
    if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
  };
  return {
    see({ address, interface: device, mac, isFailed }, at) {
      const key = `${device} ${address}`;
      const found = known.get(key);
      const before = at - (found?.goneAt ?? at) > comesBackWithin ? undefined : found;
      const macBefore = before?.mac ?? null;
      // One that is being asked for has none, and one that fails has lost its own.
      put(key, {
        mac: mac ?? macBefore,
        isFailed: isFailed || (mac === null && before?.isFailed === true),
        goneAt: null,
      });
      if (isFailed) return before?.isFailed === true ? undefined : { change: 'failed', macBefore };
      if (mac === null) return undefined;
      if (macBefore !== null && macBefore !== mac) return { change: 'moved', macBefore };
      return before?.isFailed === true ? { change: 'recovered', macBefore } : undefined;
    },
    gone({ address, interface: device }, at) {
      const key = `${device} ${address}`;
      const before = known.get(key);
      if (before !== undefined) put(key, { ...before, goneAt: at });
    },
  };
}
