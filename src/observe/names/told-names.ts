// Which names are news: each is told once, and again when the address is somebody else's.
import type { AddressName } from '../../kubernetes/cluster-names.ts';

export interface ToldNames {
  /** Addresses that have a name. */
  readonly size: number;
  /** Of all that is known now, what was not yet told so. An address that several claim is nobody's. */
  news(all: readonly AddressName[]): readonly AddressName[];
}

export function createTold(): ToldNames {
  const told = new Map<string, string>();
  return {
    get size() {
      return told.size;
    },
    news(all) {
      const byAddress = Map.groupBy(all, ({ address }) => address);
      return [...byAddress].flatMap(([address, claims]) => {
        const [claim, ...others] = claims;
        if (claim === undefined) return [];
        if (others.some(({ kind, name }) => kind !== claim.kind || name !== claim.name)) return [];
        const key = `${claim.kind} ${claim.name}`;
        if (told.get(address) === key) return [];
        told.set(address, key);
        return [claim];
      });
    },
  };
}
