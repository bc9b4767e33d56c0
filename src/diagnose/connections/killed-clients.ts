// Connections of client processes that were killed: they wrote nothing of the end, and the next process began anew in the same slot. What
// the server wrote tells whether it was reset.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint, parseEndpoint, plainAddress, type Endpoint } from '../../model/endpoint.ts';
import type { ClientEvent, ProbeEvent } from '../../model/probe-event.ts';
import type { LostConnection } from './lost-connection.ts';

type ConnectedEvent = Extract<ClientEvent, { event: 'connected' }>;
type EndedEvent = Extract<ProbeEvent, { event: 'ended' }>;

interface Held {
  readonly origin: string;
  readonly connected: ConnectedEvent;
  lastGoodAt: Micros;
  /** When another process filled its slot. */
  until: Micros | null;
}

export interface KilledClients {
  /** @param slot Names the slot, with the process's origin and class. */
  add(event: ClientEvent, origin: string, slot: string): void;
  /** @param ended What the servers wrote, by the peer. */
  lost(ended: ReadonlyMap<string, readonly EndedEvent[]>): LostConnection[];
}

/** A process's sockets are closed soon after its last word, and the server notices soon. */
const noticedWithin: Micros = 30_000_000;

export function createKilledClients(): KilledClients {
  const held = new Map<string, Held>();
  const orphans: Held[] = [];
  return {
    add(event, origin, slot) {
      const before = held.get(slot);
      if (event.event === 'connected') {
        const at = parseMicros(event.at);
        if (before !== undefined) orphans.push({ ...before, until: at });
        held.set(slot, { origin, connected: event, lastGoodAt: at, until: null });
      } else if (event.event === 'answered') {
        if (before !== undefined) before.lastGoodAt = parseMicros(event.at);
      } else held.delete(slot);
    },
    lost(ended) {
      if (orphans.length === 0) return [];
      const resets = [...ended.values()].flat().filter(wasReset);
      const free = new Set(resets.toSorted((a, b) => a.at.localeCompare(b.at)));
      return orphans.flatMap((orphan) => {
        const end = endOf(orphan, free);
        if (end === undefined) return [];
        free.delete(end);
        return lossOf(orphan, parseMicros(end.at));
      });
    },
  };
}

const wasReset = ({ failure, errno }: EndedEvent): boolean => failure === 'reset' && errno !== 'ECONNABORTED';

/** By its own port where nothing translates it; else of those of its address, all of which one process had, any. */
function endOf(
  { connected, lastGoodAt, until }: Held,
  free: ReadonlySet<EndedEvent>,
): EndedEvent | undefined {
  const client = endpointOf(connected.local ?? '');
  if (client === null) return undefined;
  const near = [...free].filter(({ at, peer }) => {
    const time = parseMicros(at);
    const isInTime = time >= lastGoodAt && time <= Math.min(until ?? Infinity, lastGoodAt + noticedWithin);
    return isInTime && endpointOf(peer)?.address === client.address;
  });
  const isOwn = ({ peer }: EndedEvent) => {
    const end = endpointOf(peer);
    return end !== null && formatEndpoint(end) === formatEndpoint(client);
  };
  return near.find(isOwn) ?? near[0];
}

function lossOf({ origin, connected, lastGoodAt }: Held, failedAt: Micros): LostConnection[] {
  const client = endpointOf(connected.local ?? '');
  const target = endpointOf(connected.remote);
  if (client === null || target === null) return [];
  return [
    {
      ...{ origin, group: connected.class, client, target, legs: [], bornAt: parseMicros(connected.at) },
      ...{ lastGoodAt, failedAt, failure: 'reset', phase: null, report: null, toldBy: 'server' },
      ...{ afterwards: [], silenceMs: 0, lateMs: 0 },
    },
  ];
}

function endpointOf(text: string): Endpoint | null {
  const endpoint = parseEndpoint(text);
  return endpoint === undefined ? null : { ...endpoint, address: plainAddress(endpoint.address) };
}
