// The names of a namespace's interfaces by their numbers; a capture has only the numbers.
import { z } from '../model/schema.ts';
import { run } from '../system/process.ts';
import { netnsFlag } from '../system/tools/ip-netns.ts';

const linksSchema = z.array(z.object({ ifindex: z.number(), ifname: z.string() }));

/** Reads `ip -json link`: number → name. */
export function parseLinks(json: string): Map<number, string> {
  return new Map(linksSchema.parse(JSON.parse(json)).map(({ ifindex, ifname }) => [ifindex, ifname]));
}

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
    const { exitCode, stdout } = await run(['ip', ...netnsFlag(netns), '-json', 'link']);
    if (exitCode !== 0) return;
    for (const [index, name] of parseLinks(stdout)) names.set(index, name);
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
