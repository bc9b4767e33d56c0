// Which entries each connection's packets made, remembered for the connections of the last while, and by name for a few examples.
import type { Micros } from '../../model/clock.ts';
import { formatEndpoint, parseEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { ConntrackEvent } from '../../model/node-event.ts';
import type { ClientEvent, ServerEvent } from '../../model/probe-event.ts';
import { crossingOf, type Crossing } from '../../model/shown-connection.ts';
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
}

export interface Flows {
  addEntry(event: ConntrackEvent): void;
  addServer(event: ServerEvent, at: Micros): void;
  addClient(event: ClientEvent, at: Micros): void;
  /** The first connection of each class that was answered. */
  ordinary(): readonly Example[];
}

const rememberedFlows = 50_000;
const mostClasses = 24;
// A socket is made within the connection's first moments; the port may have served another one before.
const acceptSlack = 1e6;

export function createFlows(): Flows {
  const entriesOf = createRecent<Crossing[]>(rememberedFlows);
  const acceptedAt = createRecent<Micros>(rememberedFlows);
  const ordinary = new Map<string, Example>();

  function example(event: ClientEvent, bornAt: Micros): Example | undefined {
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
    return { class: event.class, client, target, entries, connectedAt: bornAt, accepted };
  }

  return {
    addEntry(event) {
      if (event.change !== 'new') return;
      const crossing = crossingOf(event, event);
      entriesOf.getOrMake(formatEndpoint(crossing.source.before), () => []).push(crossing);
    },
    addServer(event, at) {
      if (event.event === 'accepted') acceptedAt.set(event.peer, at);
    },
    addClient(event, at) {
      if (event.event !== 'answered' || ordinary.has(event.class) || ordinary.size >= mostClasses) return;
      const made = example(event, at);
      if (made !== undefined) ordinary.set(event.class, made);
    },
    ordinary: () => [...ordinary.values()],
  };
}
