// One kernel serves every namespace of the machine: which events are of the node that is observed.
import type { Tuple } from '../../model/node-event.ts';
import { flowOf } from './connected-flows.ts';
import type { NodeNamespaces, NodeScope } from './node-namespaces.ts';
import type { Processes } from './processes.ts';
import { isLoopback, isNone, type Told } from './told.ts';
import type { TraceLine } from './trace-line.ts';

/** `foreign`: of another namespace. `nameless`: neither address, process nor listener tells. `several`: more than one may be it. */
type Ownership = NodeScope | 'foreign' | 'nameless' | 'several';

export interface Owners {
  /** Notes whose connection a line is about that names its process: others of that connection name nobody. And who begins to listen. */
  learn(line: TraceLine, told: Told): void;
  ownerOf(line: TraceLine, told: Told): Ownership;
  /** Whether a line that is told soon may still tell whose this is. */
  mayLearn(told: Told): boolean;
}

/** In this time a thread goes through the end of one socket, whose address the kernel forgets on the way. */
const sameCallMicros = 10_000;
/** A program closes what broke, and the two ends of a connection are heard of, within this. */
export const sameFlowMicros = 300_000;
const rememberedThreads = 2_000;
/** A burst of ten thousand connections has as many. */
const rememberedFlows = 30_000;

export function createOwners(
  namespaces: Pick<NodeNamespaces, 'withAddress' | 'withFlow' | 'noteShared' | 'withId' | 'withListener'>,
  processes: Pick<Processes, 'identify'>,
): Owners {
  const threads = createMemory<NodeScope>(rememberedThreads);
  const flows = createMemory<Ownership>(rememberedFlows);

  const byProcess = (line: TraceLine): NodeScope | 'foreign' | undefined => {
    if (line.context !== 'process') return undefined;
    const { namespace } = processes.identify(line.tgid ?? line.tid);
    if (namespace === undefined || namespace === null) return undefined;
    return namespaces.withId(namespace) ?? 'foreign';
  };
  /** Nothing but who did it, the socket itself, and what went before tells these. */
  const withoutAddress = (line: TraceLine, { socket, state, tuple }: Told): Ownership => {
    if (line.context === 'process') {
      const scope = byProcess(line) ?? threads.recall(String(line.tid), line.at, sameCallMicros);
      if (scope !== undefined) return scope;
    }
    if (socket !== null && state === 'LISTEN' && tuple !== null)
      return namespaces.withListener(socket, tuple.sport) ?? 'foreign';
    return 'nameless';
  };
  /** More namespaces than one have the address. */
  const isContested = ({ src, dst }: Tuple) =>
    isLoopback(src) || [src, dst].some((address) => namespaces.withAddress(address)?.isShared === true);

  const decide = (line: TraceLine, told: Told): Ownership => {
    const { tuple } = told;
    if (tuple === null || isNone(tuple.src)) return withoutAddress(line, told);
    const process = byProcess(line);
    if (isLoopback(tuple.src))
      return process ?? flows.recall(flowOf(tuple), line.at, sameFlowMicros) ?? withoutAddress(line, told);
    const known = namespaces.withAddress(tuple.src);
    // A process in another namespace has a socket there, be the address ours, too.
    if (known === undefined || process === 'foreign') return 'foreign';
    if (process !== undefined || !known.isShared) return known.scope;
    if (told.state === 'LISTEN' && told.socket !== null) return withoutAddress(line, told);
    const flow = flowOf(tuple);
    const whose = flows.recall(flow, line.at, sameFlowMicros) ?? namespaces.withFlow(flow) ?? 'several';
    // Of two that are ours it is that with the address.
    return typeof whose === 'object' || whose === 'ours' ? known.scope : whose;
  };
  return {
    learn(line, { tuple, newState }) {
      const isConnected = tuple !== null && isConnection(tuple);
      if (!isConnected && newState !== 'LISTEN') return;
      // While it is there: at the end of what it accepts it may be gone.
      const owner = byProcess(line);
      if (!isConnected) return;
      if (owner === undefined) return;
      // A namespace that came since the last look has this one's address.
      if (owner === 'foreign' && namespaces.withAddress(tuple.src)?.isShared === false)
        namespaces.noteShared(tuple.src);
      if (!isContested(tuple)) return;
      const flow = flowOf(tuple);
      const before = flows.recall(flow, line.at, sameFlowMicros) ?? owner;
      const isSame =
        before === owner ||
        (typeof before === 'object' && typeof owner === 'object' && !isLoopback(tuple.src));
      flows.note(flow, line.at, isSame ? owner : 'several');
    },
    ownerOf(line, told) {
      const owner = decide(line, told);
      if (typeof owner === 'object' && line.context === 'process')
        threads.note(String(line.tid), line.at, owner);
      return owner;
    },
    mayLearn: ({ tuple }) => tuple !== null && isConnection(tuple) && isContested(tuple),
  };
}

/** Both ends are known. */
const isConnection = ({ src, dst, sport, dport }: Tuple): boolean =>
  !isNone(src) && !isNone(dst) && sport !== 0 && dport !== 0;

function createMemory<T>(most: number) {
  const known = new Map<string, { readonly value: T; readonly at: number }>();
  return {
    note(key: string, at: number, value: T) {
      known.delete(key);
      known.set(key, { value, at });
      const [oldest] = known.keys();
      if (known.size > most && oldest !== undefined) known.delete(oldest);
    },
    recall(key: string, at: number, withinMicros: number): T | undefined {
      const found = known.get(key);
      return found !== undefined && Math.abs(at - found.at) <= withinMicros ? found.value : undefined;
    },
  };
}
