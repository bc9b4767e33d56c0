// The namespaces whose state is read at intervals: the node's own and its pods', followed as pods come and go.
import type { PodFinder } from './pod-namespaces.ts';
import type { Limit } from './witness.ts';

export interface Scope<State> {
  /** The node's name, or the pod's address. */
  readonly name: string;
  /** The folder in /proc of a process in it. */
  readonly proc: string;
  state: State;
}

export interface ScopesOptions<State> {
  readonly node: { readonly name: string; readonly proc: string };
  readonly pods: PodFinder;
  /**
   * The state to begin with; `first` for namespaces that were there before us. A namespace whose last process ended may come back
   * under the same `id`, when another process of its pod starts. Undefined when it cannot be read.
   */
  readonly begin: (proc: string, first: boolean, id: number) => State | undefined;
  readonly onGone?: (scope: Scope<State>, id: number) => void;
}

export interface Scopes<State> {
  readonly size: number;
  /**
   * Calls `read` for each namespace. When it returns false, the process whose files it read is gone: another one of that namespace
   * is looked for at once, as all are every few calls.
   */
  each(read: (scope: Scope<State>) => boolean): void;
}

/** What a witness that looks into pods has to say when it cannot see them. */
export function podLimit(pods: PodFinder): Limit | null {
  const text = pods.blindness();
  return text === null ? null : { text, blindTo: ['pods'] };
}

/** Calls between two looks for pods: a look walks through all processes. */
export const callsPerLook = 5;

export function trackScopes<State>({ node, pods, begin, onGone }: ScopesOptions<State>): Scopes<State> {
  const scopes = new Map<number, Scope<State>>();
  const add = (id: number, name: string, proc: string, first: boolean) => {
    const known = scopes.get(id);
    const state = known === undefined ? begin(proc, first, id) : known.state;
    if (state !== undefined) scopes.set(id, { name, proc, state });
  };
  const look = (first: boolean) => {
    const living = pods.find();
    for (const { id, address, proc } of living)
      if (scopes.get(id)?.proc !== proc) add(id, address, proc, first);
    const ids = new Set(living.map(({ id }) => id));
    for (const [id, scope] of scopes) {
      if (id === nodeId || ids.has(id)) continue;
      scopes.delete(id);
      onGone?.(scope, id);
    }
  };
  add(nodeId, node.name, node.proc, true);
  look(true);
  let untilLook = callsPerLook;
  return {
    get size() {
      return scopes.size;
    },
    each(read) {
      untilLook -= 1;
      if (untilLook <= 0) {
        untilLook = callsPerLook;
        look(false);
      }
      const unread = [...scopes.values()].filter((scope) => !read(scope));
      if (unread.length === 0) return;
      look(false);
      for (const scope of scopes.values()) if (unread.some(({ name }) => name === scope.name)) read(scope);
    },
  };
}

/** No file in /proc has this number. */
const nodeId = 0;
