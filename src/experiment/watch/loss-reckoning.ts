// What kernels counted of connections that ended without a goodbye, held against those that were told of: in a flood no witness keeps
// all, and the counters lose none.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { plainAddress } from '../../model/endpoint.ts';
import type { CountersEvent, NodeEvent } from '../../model/node-event.ts';
import type { HeldFlow } from './held-flows.ts';
import { createTimeList } from './time-list.ts';

export interface LossReckoning {
  take(event: NodeEvent): void;
  /** This was told of it. */
  note(flow: HeldFlow, event: NodeEvent): void;
  /** How many were counted at least that nobody told of; 0 while every witness of ends keeps all that there is. */
  untold(now: Micros): number;
}

/** The same for several nodes: each kernel's count is held against what its own node told. */
export function createReckoningOfNodes(startedAt: Micros): LossReckoning {
  const byNode = new Map<string, LossReckoning>();
  const of = (node: string): LossReckoning => {
    const known = byNode.get(node) ?? createLossReckoning(node, startedAt);
    byNode.set(node, known);
    return known;
  };
  return {
    take: (event) => of(event.node).take(event),
    note: (flow, event) => of(event.node).note(flow, event),
    untold: (now) => [...byNode.values()].reduce((sum, one) => sum + one.untold(now), 0),
  };
}

/** What was counted by then has been told, if it is told at all. */
const settled: Micros = 5_000_000;
const mostAddresses = 50_000;

/** @param node Whose own namespace is counted by its name. */
function createLossReckoning(node: string, startedAt: Micros): LossReckoning {
  const noted = new WeakSet<HeldFlow>();
  const told = new Map<string, number>();
  const counted = new Map<
    string,
    { before: number; readonly later: ReturnType<typeof createTimeList<number>> }
  >();
  const nodesOwn = new Set<string>();
  /** At both ends of connections within some namespace, nobody can say which. */
  let within = 0;
  /** Those that left something out. */
  const limited = new Set<string>();

  function takeCounters({ scope, changes, since, at }: CountersEvent): void {
    const aborted = changes['TcpEstabResets'] ?? 0;
    // A reading that began before has counted what nobody could tell of.
    if (aborted === 0 || parseMicros(since) < startedAt) return;
    const own = counted.get(scope) ?? { before: 0, later: createTimeList<number>() };
    counted.set(scope, own);
    own.later.add(aborted, parseMicros(at));
  }

  function toldOf(scope: string): number {
    const addresses = scope === node ? [...nodesOwn] : [scope];
    return addresses.reduce((sum, address) => sum + (told.get(address) ?? 0), 0);
  }

  return {
    take(event) {
      if (event.event === 'counters' && event.source === 'snmp') takeCounters(event);
      if (event.event === 'source')
        for (const address of event.ownAddresses ?? []) nodesOwn.add(plainAddress(address));
      // What it cannot see at all it did not see before either; that is another thing than a flood.
      if (event.event === 'source' && event.state === 'limited' && event.blindTo === undefined)
        limited.add(event.source);
    },
    note(flow, event) {
      if (!isAbort(event) || noted.has(flow)) return;
      noted.add(flow);
      const addresses = [...flow.addresses];
      if (addresses.length === 1 || addresses.some(isLoopback)) within += 2;
      for (const address of addresses) {
        told.set(address, (told.get(address) ?? 0) + 1);
        for (const [oldest] of told) {
          if (told.size <= mostAddresses) break;
          told.delete(oldest);
        }
      }
    },
    untold(now) {
      if (!witnessesOfEnds.every((name) => limited.has(name))) return 0;
      let most = 0;
      for (const [scope, own] of counted) {
        // Whose addresses these are nobody told.
        if (scope === node && nodesOwn.size === 0) continue;
        own.later.forget(now - settled, (aborted) => (own.before += aborted));
        // Both ends may be of this node: what both counted is one, and which that is nobody can say.
        most = Math.max(most, own.before - toldOf(scope) - within);
      }
      return most;
    },
  };
}

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

/** Of what a kernel counts so, each witness tells one of these. */
function isAbort(event: NodeEvent): boolean {
  if (event.event === 'packet') return event.flags.includes('R');
  if (event.event !== 'kernel') return false;
  const { tracepoint, state, newState } = event;
  if (tracepoint === 'set-state')
    return newState === 'CLOSE' && (state === 'ESTABLISHED' || state === 'CLOSE_WAIT');
  return tracepoint === 'send-reset' || tracepoint === 'receive-reset' || tracepoint === 'socket-error';
}

/** Either tells of all ends by itself. */
const witnessesOfEnds = ['capture', 'kernel-events'];
