// The names of a namespace's interfaces by their numbers; a capture has only the numbers.
import { listLinks } from '../system/tools/ip.ts';

export interface InterfaceNames {
  /** `if7` for a number that is not known. */
  readonly nameOf: (interfaceIndex: number | null) => string;
  knows(interfaceIndex: number): boolean;
  /** Reads the names again; those of interfaces that are gone stay known. Calls while it is at it are one. */
  refresh(): Promise<void>;
}

export function createInterfaceNames(netns: string | null): InterfaceNames {
  const names = new Map<number, string>();
  let refreshing: Promise<void> | undefined;
  const read = async () => {
    for (const [index, name] of await listLinks(netns)) names.set(index, name);
  };
  return {
    nameOf: (index) => (index === null ? 'unknown' : (names.get(index) ?? `if${index}`)),
    knows: (index) => names.has(index),
    async refresh() {
      // Without `ip` packets are still worth having: their interfaces then go by number.
      refreshing ??= read()
        .catch(() => undefined)
        .finally(() => (refreshing = undefined));
      await refreshing;
    },
  };
}
