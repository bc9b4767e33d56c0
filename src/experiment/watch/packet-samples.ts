// How packets of an end were last seen to pass the node: where they come in, and whether they are born here. Of a connection that shows
// none of its server's packets, those that others had tell.
import { formatEndpoint } from '../../model/endpoint.ts';
import type { NodeEvent, PacketEvent } from '../../model/node-event.ts';
import type { HeldFlow } from './held-flows.ts';

export interface PacketSamples {
  /** From the packets of one connection. */
  learn(flow: HeldFlow): void;
  /** For the ends of these. */
  of(flows: Iterable<HeldFlow>): ReadonlySet<NodeEvent>;
}

const mostPackets = 3;
const mostEnds = 10_000;

export function createPacketSamples(): PacketSamples {
  const byEnd = new Map<string, readonly PacketEvent[]>();

  function put(end: string, packets: readonly PacketEvent[]): void {
    byEnd.delete(end);
    byEnd.set(end, packets);
    for (const [oldest] of byEnd) {
      if (byEnd.size <= mostEnds) return;
      byEnd.delete(oldest);
    }
  }

  return {
    learn({ events }) {
      const telling = events.filter(isTelling);
      const sightings = Map.groupBy(telling, identityOf);
      const ends = Map.groupBy(telling, ({ tuple: { src, sport } }) =>
        formatEndpoint({ address: src, port: sport }),
      );
      const hosts = Map.groupBy(telling, ({ tuple }) => tuple.src);
      for (const [end, sent] of [...ends, ...hosts]) {
        // Each with all its sightings: which of them came first says where it was born.
        const last = [...new Set(sent.map(identityOf))].slice(-mostPackets);
        put(
          end,
          last.flatMap((identity) => sightings.get(identity) ?? []),
        );
      }
    },
    of(flows) {
      const found = new Set<NodeEvent>();
      for (const { events, addresses } of flows) {
        const ends = new Set(addresses);
        for (const event of events) {
          if (event.event !== 'packet') continue;
          const { src, sport, dst, dport } = event.tuple;
          ends.add(formatEndpoint({ address: src, port: sport }));
          ends.add(formatEndpoint({ address: dst, port: dport }));
        }
        for (const end of ends) for (const packet of byEnd.get(end) ?? []) found.add(packet);
      }
      return found;
    },
  };
}

const isTelling = (event: NodeEvent): event is PacketEvent =>
  event.event === 'packet' &&
  !event.flags.includes('R') &&
  (event.payloadLength > 0 || /[SF]/.test(event.flags));

const identityOf = ({ seq, ack, flags, payloadLength }: PacketEvent): string =>
  `${seq} ${ack} ${flags} ${payloadLength}`;
