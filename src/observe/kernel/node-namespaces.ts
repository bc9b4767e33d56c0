// The network namespaces of a node, its own and its pods', by what a tracepoint's line tells of a socket: an address, or a listener.
import { existsSync, readdirSync } from 'node:fs';
import { ownAddressesIn } from '../local-addresses.ts';
import { namespaceOf, type PodFinder } from '../pod-namespaces.ts';
import { sharedFlowsIn, type FlowTable } from './connected-flows.ts';
import { listensIn } from './listener-sockets.ts';
import { isLoopback, isNone } from './told.ts';

export interface NodeScope {
  /** Of its network namespace. */
  readonly id: number;
  /** The node's name, or the pod's address. */
  readonly name: string;
  /** The folder in /proc of a process in it. */
  readonly proc: string;
}

export interface NodeNamespaces {
  /** Looks for pods and addresses anew. */
  refresh(): void;
  readonly scopes: ReadonlyMap<number, NodeScope>;
  /** Undefined: none of the node's has it. `isShared`: a namespace that is not the node's has it, too. */
  withAddress(address: string): { readonly scope: NodeScope; readonly isShared: boolean } | undefined;
  /** Whose a connection at a shared address is, as the tables of all namespaces had it when last looked. */
  withFlow(flow: string): 'ours' | 'foreign' | 'several' | undefined;
  /** Another namespace was found to have it, too: until the next look tells which. */
  noteShared(address: string): void;
  /**
   * Of processes that were not looked at before: their network namespaces, each with its folder in /proc. True when one of them, or
   * of those named before, has an address of the node's and was not there at the last look: it may be a twin.
   */
  isJoinedBy(met: Iterable<readonly [id: number, proc: string]>): boolean;
  /** Of none of the namespaces that could be seen when last looked: one that came since may have it. */
  isUnknown(address: string): boolean;
  /** Of none of the node's, and looked for not long ago. */
  isForeign(address: string): boolean;
  withId(id: number): NodeScope | undefined;
  /** Of none of them, though not all could be looked at: a pod that is to come is not there yet, or the process by which one was is gone. */
  isUnknownListener(socket: string, port: number): boolean;
  /** The one with this listener, by the hashed address that the kernel prints of it in all places. */
  withListener(socket: string, port: number): NodeScope | undefined;
}

interface Foreign {
  readonly proc: string;
  readonly addresses: readonly string[];
  /** Null while a process is in it. */
  readonly goneAt: number | null;
}

/** A pod's last events are read when its namespace is gone already. */
const keptForMs = 10_000;
/** An address that nobody had is looked for again after this. */
const strangeForMs = 5_000;
/** A burst is of one listener as a rule; and of those that are nobody's here there are many where other nodes share the kernel. */
const [listensForMs, foreignForMs] = [200, 1_000];
const mostListeners = 1_000;
/** The tables of connections at shared addresses may be long: reading them is followed by this many times as long without. */
const restBetweenTables = 200;

export interface NodeNamespacesOptions {
  readonly node: { readonly name: string; readonly proc: string };
  /** The /proc that shows other namespaces, too. */
  readonly machineProc: string;
  readonly pods: Pick<PodFinder, 'find' | 'expected'>;
  readonly monotonic: () => number;
}

export function trackNodeNamespaces({
  node,
  machineProc,
  pods,
  monotonic,
}: NodeNamespacesOptions): NodeNamespaces {
  const scopes = new Map<number, NodeScope>();
  const seenAt = new Map<number, number>();
  const addresses = new Map<number, readonly string[]>();
  let byAddress = new Map<string, NodeScope>();
  let elsewhere = new Set<string>();
  const foreign = new Map<number, Foreign>();
  const newcomers = new Map<number, string>();
  let flows: FlowTable = new Map();
  const tables = { of: '', readAt: -Infinity, took: 0 };
  const asked = new Set<string>();
  const strangers = new Map<string, number>();
  // Of one whose processes are gone no table can be read: its last word stands.
  const listeners = new Map<string, { readonly scope: NodeScope | undefined; readonly at: number }>();
  // Another node on this machine may have it, too.
  const isAwaited = (address: string) => pods.expected.has(address) && !byAddress.has(address);

  const refresh = () => {
    const now = monotonic();
    const living = new Map<number, NodeScope>();
    const nodeId = namespaceOf(node.proc);
    if (typeof nodeId === 'number') living.set(nodeId, { id: nodeId, ...node });
    for (const { id, address, proc } of pods.find()) living.set(id, { id, name: address, proc });
    // Whoever is new may be the one that was looked for in vain.
    if ([...living.keys()].some((id) => !scopes.has(id)))
      for (const [key, { scope }] of listeners) if (scope === undefined) listeners.delete(key);
    for (const [id, scope] of living) {
      scopes.set(id, scope);
      seenAt.set(id, now);
      const own = ownAddressesIn(scope.proc);
      if (own.length > 0 || !addresses.has(id)) addresses.set(id, own);
    }
    for (const [id, at] of seenAt) {
      if (now - at <= keptForMs) continue;
      for (const map of [scopes, seenAt, addresses]) map.delete(id);
    }
    lookElsewhere(now);
    byAddress = new Map();
    for (const [id, scope] of scopes)
      for (const address of addresses.get(id) ?? []) byAddress.set(address, scope);
    elsewhere = new Set([...foreign.values()].flatMap(({ addresses }) => addresses));
    lookAtShared();
    for (const address of asked) strangers.set(address, now);
    asked.clear();
    for (const [address, at] of strangers) if (now - at > strangeForMs) strangers.delete(address);
  };
  const lookElsewhere = (now: number) => {
    const living = new Set<number>();
    for (const entry of readdirSync(machineProc)) {
      if (!/^[1-9][0-9]*$/.test(entry)) continue;
      const proc = `${machineProc}/${entry}`;
      const id = namespaceOf(proc);
      if (typeof id !== 'number' || scopes.has(id) || living.has(id)) continue;
      living.add(id);
      const before = foreign.get(id)?.addresses ?? [];
      // One that is being made has no addresses yet.
      foreign.set(id, { proc, addresses: before.length === 0 ? ownAddressesIn(proc) : before, goneAt: null });
    }
    for (const [id, { proc, addresses: own, goneAt }] of foreign) {
      if (living.has(id)) continue;
      // What its end made is told when it is gone.
      if (scopes.has(id) || now - (goneAt ?? now) > keptForMs) foreign.delete(id);
      else foreign.set(id, { proc, addresses: own, goneAt: goneAt ?? now });
    }
  };
  const lookAtShared = () => {
    const shared = new Set([...byAddress.keys()].filter((address) => elsewhere.has(address)));
    const living = [...foreign].filter(([, { goneAt }]) => goneAt === null);
    const [of, begun] = [[...shared, ...scopes.keys(), ...living.map(([id]) => id)].join(' '), monotonic()];
    // Where nobody came or went, a look that somebody unknown was the reason for is to be cheap.
    if (of === tables.of && begun - tables.readAt < tables.took * restBetweenTables) return;
    const having = (all: Iterable<{ readonly proc: string; readonly addresses: readonly string[] }>) =>
      [...all].filter(({ addresses: own }) => own.some((address) => shared.has(address)));
    const ours = [...scopes].map(([id, { proc }]) => ({ proc, addresses: addresses.get(id) ?? [] }));
    flows = sharedFlowsIn(having(ours), having(living.map(([, one]) => one)));
    Object.assign(tables, { of, readAt: begun, took: monotonic() - begun });
  };
  const isKnown = (id: number) => scopes.has(id) || (foreign.get(id)?.addresses.length ?? 0) > 0;
  const withListener = (socket: string, port: number): NodeScope | undefined => {
    const [key, now] = [`${socket} ${port}`, monotonic()];
    const before = listeners.get(key);
    const knownForMs = before?.scope === undefined ? foreignForMs : listensForMs;
    if (before !== undefined && now - before.at < knownForMs) return before.scope;
    const found = [...scopes.values()].find(({ proc }) => listensIn(proc, socket, port));
    const isGone = before?.scope !== undefined && !existsSync(before.scope.proc);
    const scope = found ?? (isGone ? before.scope : undefined);
    if (listeners.size >= mostListeners) listeners.clear();
    listeners.set(key, { scope, at: now });
    return scope;
  };
  refresh();
  return {
    refresh,
    scopes,
    withAddress(address) {
      const scope = byAddress.get(address);
      return scope === undefined ? undefined : { scope, isShared: elsewhere.has(address) };
    },
    noteShared: (address) => void elsewhere.add(address),
    isJoinedBy(met) {
      for (const [id, proc] of met) if (!isKnown(id)) newcomers.set(id, proc);
      let hasOurs = false;
      for (const [id, proc] of newcomers) {
        // One that is being made has no addresses yet.
        const own = isKnown(id) ? [] : ownAddressesIn(proc);
        for (const address of own.filter((one) => byAddress.has(one))) {
          // Until the next look tells whether it is a pod of the node's.
          elsewhere.add(address);
          hasOurs = true;
        }
        if (own.length > 0 || isKnown(id) || namespaceOf(proc) !== id) newcomers.delete(id);
      }
      return hasOurs;
    },
    withFlow: (flow) => flows.get(flow),
    isUnknown(address) {
      if (isAwaited(address)) return true;
      if (byAddress.has(address) || elsewhere.has(address) || strangers.has(address)) return false;
      if (isNone(address) || isLoopback(address)) return false;
      asked.add(address);
      return true;
    },
    isForeign: (address) =>
      !byAddress.has(address) &&
      !pods.expected.has(address) &&
      (elsewhere.has(address) || strangers.has(address)),
    withId: (id) => scopes.get(id),
    isUnknownListener(socket, port) {
      const isWhole =
        [...scopes.values()].every(({ proc }) => existsSync(proc)) && ![...pods.expected].some(isAwaited);
      return !isWhole && withListener(socket, port) === undefined;
    },
    withListener,
  };
}
