// The neighbours of pods, as far as reading them costs little: a program that listens in each would cost megabytes a pod.
import { readFileSync } from 'node:fs';
import type { Clock } from '../../model/clock.ts';
import type { PodFinder } from '../pod-namespaces.ts';
import { trackScopes } from '../scopes.ts';
import { parseArpTable, type ArpEntry } from './arp-table.ts';
import { createKnownNeighbours, type KnownNeighbours, type NeighbourNews } from './known-neighbours.ts';

export interface PodNews extends NeighbourNews {
  readonly scope: string;
  readonly entry: ArpEntry;
  readonly at: number;
  /** When the table was read before. */
  readonly since: number;
}

interface Followed {
  readonly known: KnownNeighbours;
  /** Those that had not answered when the table was read before: one is asked three times in three seconds, then it has failed. */
  silent: ReadonlySet<string>;
  readAt: number;
}

export interface PodNeighbours {
  readonly pods: number;
  read(): void;
}

/** Reads each pod's table once; from then on `onNews` is told what changed between two readings. */
export function followPodNeighbours(
  node: { readonly name: string; readonly proc: string },
  pods: PodFinder,
  clock: Clock,
  onNews: (news: PodNews) => void,
): PodNeighbours {
  const look = (scope: string, proc: string, state: Followed): boolean => {
    const text = arpOf(proc);
    if (text === undefined) return false;
    const at = clock.now();
    const silent = new Set<string>();
    for (const entry of parseArpTable(text)) {
      const key = `${entry.interface} ${entry.address}`;
      if (entry.mac === null) silent.add(key);
      const isFailed = entry.mac === null && state.silent.has(key);
      const news = state.known.see({ ...entry, isFailed }, at);
      if (news !== undefined) onNews({ ...news, scope, entry, at, since: state.readAt });
    }
    state.silent = silent;
    state.readAt = at;
    return true;
  };
  const scopes = trackScopes<Followed>({
    node,
    pods,
    begin(proc) {
      const state = { known: createKnownNeighbours(), silent: new Set<string>(), readAt: clock.now() };
      for (const entry of parseArpTable(arpOf(proc) ?? ''))
        state.known.see({ ...entry, isFailed: false }, state.readAt);
      return state;
    },
  });
  return {
    get pods() {
      return scopes.size - 1;
    },
    read() {
      // The node's own are told by the kernel, as they change.
      scopes.each(({ name, proc, state }) => name === node.name || look(name, proc, state));
    },
  };
}

function arpOf(proc: string): string | undefined {
  try {
    return readFileSync(`${proc}/net/arp`, 'latin1');
  } catch {
    return undefined;
  }
}
