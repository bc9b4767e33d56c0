// Local ports for connections whose local address is chosen. Left to the kernel, bind() would look for a free port one by one, which
// takes milliseconds once half of an address's are in use; we know which ones are ours.

/** A fleet may be the part FIRST, FIRST + EVERY, FIRST + 2 × EVERY, … of a larger one's slots, and of its connection numbers. */
export interface Share {
  readonly first: number;
  readonly every: number;
}

/** First and last, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export interface Source {
  readonly address: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
}

export interface SourcePorts {
  /** The next address in turn, with a port of it that no connection of ours has. */
  take(): Source;
  /** The connection from there is over. */
  giveBack(source: Source): void;
}

/** @param range Undefined where it is not known. @param share Processes that share the addresses take ports of their own. */
export function createSourcePorts(
  addresses: readonly string[],
  range: PortRange | undefined,
  { first, every }: Share,
): SourcePorts {
  const own = range === undefined ? 0 : Math.floor((range.last - range.first - first) / every) + 1;
  const places = addresses.map((address) => ({ address, taken: new Uint8Array(Math.max(0, own)), next: 0 }));
  let turn = 0;
  const portAt = (place: number) => (range?.first ?? 0) + first + place * every;
  return {
    take() {
      const source = places[turn];
      turn = (turn + 1) % places.length;
      if (source === undefined) throw new RangeError('there are no addresses');
      const { address, taken } = source;
      for (let tries = 0; tries < taken.length; tries++) {
        const place = source.next;
        source.next = (source.next + 1) % taken.length;
        if (taken[place] !== 0) continue;
        taken[place] = 1;
        return { address, port: portAt(place) };
      }
      return { address, port: 0 };
    },
    giveBack({ address, port }) {
      const source = places.find((one) => one.address === address);
      if (port === 0 || source === undefined || range === undefined) return;
      source.taken[(port - range.first - first) / every] = 0;
    },
  };
}
