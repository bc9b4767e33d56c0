// Which entries each connection's packets made, remembered for the connections of the last while, and by name for a few examples.
import { parseMicros } from '../../model/clock.ts';
import type { Micros } from '../../model/clock.ts';
import { formatEndpoint, parseEndpoint } from '../../model/endpoint.ts';
import type { Endpoint } from '../../model/endpoint.ts';
import type { ConntrackEvent } from '../../model/node-event.ts';
import type { ClientEvent, FailedEvent, ServerEvent } from '../../model/probe-event.ts';
import type { Crossing } from '../run-view.ts';
import { createRecent } from './recent.ts';

/** A connection with the entries of its packets; `entries` goes on growing after the example was taken. */
export interface Example {
  readonly class: string;
  readonly client: Endpoint;
  readonly target: Endpoint;
  readonly entries: readonly Crossing[];
  readonly connectedAt: Micros;
  /** The peers of sockets that the server made for this connection: under its own port or a translated one. */
  readonly accepted: readonly Endpoint[];
  /** Null for one that was not reset. */
  readonly reset: { readonly at: Micros; readonly lastGoodAt: Micros } | null;
}

export interface Flows {
  addEntry(event: ConntrackEvent, at: Micros): void;
  addServer(event: ServerEvent, at: Micros): void;
  addClient(event: ClientEvent, at: Micros): void;
  /** The first connections that were reset, a few of each class. */
  resets(): readonly Example[];
  /** The first connection of each class that was answered. */
  ordinary(): readonly Example[];
}

const rememberedFlows = 50_000;
const examplesPerClass = 8;
const mostClasses = 24;
// A socket is made within the connection's first moments; the port may have served another one before.
const acceptSlack = 1e6;

export function createFlows(): Flows {
  const entriesOf = createRecent<Crossing[]>(rememberedFlows);
  const acceptedAt = createRecent<Micros>(rememberedFlows);
  const resets = new Map<string, Example[]>();
  const ordinary = new Map<string, Example>();

  function example(event: ClientEvent, bornAt: Micros, reset: Example['reset']): Example | undefined {
    const client = event.local === null ? undefined : parseEndpoint(event.local);
    const target = parseEndpoint(event.remote);
    if (client === undefined || target === undefined) return undefined;
    const entries = entriesOf.getOrMake(formatEndpoint(client), () => []);
    const ports = new Set([client.port, ...entries.map((entry) => entry.source.after.port)]);
    const accepted = [...ports]
      .map((port): Endpoint => ({ address: client.address, port }))
      .filter(
        (peer) => Math.abs((acceptedAt.get(formatEndpoint(peer)) ?? -acceptSlack) - bornAt) < acceptSlack,
      );
    return { class: event.class, client, target, entries, connectedAt: bornAt, accepted, reset };
  }

  function addReset(event: FailedEvent, at: Micros): void {
    const known = resets.get(event.class) ?? [];
    if (known.length >= examplesPerClass || (known.length === 0 && resets.size >= mostClasses)) return;
    const lastGoodAt = event.lastGoodAt === null ? Number.NaN : parseMicros(event.lastGoodAt);
    const made = example(event, at - event.livedMs * 1_000, {
      at,
      lastGoodAt: Number.isNaN(lastGoodAt) ? at : lastGoodAt,
    });
    if (made !== undefined) resets.set(event.class, [...known, made]);
  }

  return {
    addEntry(event, at) {
      if (event.change !== 'new') return;
      const crossing = crossingOf(event, at);
      entriesOf.getOrMake(formatEndpoint(crossing.source.before), () => []).push(crossing);
    },
    addServer(event, at) {
      if (event.event === 'accepted') acceptedAt.set(event.peer, at);
    },
    addClient(event, at) {
      if (event.event === 'failed' && event.failure === 'reset') addReset(event, at);
      if (event.event !== 'answered' || ordinary.has(event.class) || ordinary.size >= mostClasses) return;
      const made = example(event, at, null);
      if (made !== undefined) ordinary.set(event.class, made);
    },
    resets: () => [...resets.values()].flat(),
    ordinary: () => [...ordinary.values()],
  };
}

/** The reply tuple of an entry says what the packet became: its reply goes the other way round. */
function crossingOf({ node, id, original, reply }: ConntrackEvent, at: Micros): Crossing {
  return {
    node,
    id,
    at,
    source: {
      before: { address: original.src, port: original.sport },
      after: { address: reply.dst, port: reply.dport },
    },
    target: {
      before: { address: original.dst, port: original.dport },
      after: { address: reply.src, port: reply.sport },
    },
  };
}
