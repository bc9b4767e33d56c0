// Whether a connection's packets went, in mid-stream, to another endpoint than the one that had served it: an entry that was made anew chose
// again among a Service's endpoints, or the packets themselves show it.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { Endpoint } from '../../model/endpoint.ts';
import type { ConntrackEvent, PacketEvent } from '../../model/node-event.ts';
import type { Entry } from './entry-index.ts';
import type { LostConnection } from './lost-connection.ts';
import { isCopy } from './reset-order.ts';

export interface Rerouted {
  /** Where the connection was served, and where its packets went at the end. */
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly shownBy: readonly (ConntrackEvent | PacketEvent)[];
}

interface Known {
  readonly lost: LostConnection;
  readonly server: Endpoint | null;
  readonly firsts: readonly Entry[];
  /** Of the connection, in order of time, with how it was opened as far as that was captured. */
  readonly packets: readonly PacketEvent[];
  readonly resets: readonly PacketEvent[];
  readonly goesToClient: (packet: PacketEvent) => boolean;
  readonly slack: Micros;
}

export function findRerouted(known: Known): Rerouted | null {
  const { lost, server, resets, goesToClient } = known;
  if (server === null || server.address === lost.target.address) return null;
  const [first] = resets;
  // The one that had served it sent the RST, or the client did: wherever packets went, that did not end it.
  if (first !== undefined && (!goesToClient(first) || first.tuple.src === server.address)) return null;
  return byEntries(known) ?? byPackets(known, server);
}

/** A packet in mid-stream had to make a new entry, on the node whose entry had led elsewhere. */
function byEntries({ lost, firsts, slack }: Known): Rerouted | null {
  const anew = firsts.findLast(
    ({ made, madeAt }) =>
      made !== null &&
      made.state !== 'SYN_SENT' &&
      madeAt > lost.lastGoodAt - slack &&
      madeAt <= lost.failedAt + slack,
  );
  const made = anew?.made ?? null;
  if (anew === undefined || made === null) return null;
  const { node, reply } = anew;
  const before = firsts.findLast(
    (entry) => entry !== anew && entry.node === node && entry.madeAt < anew.madeAt,
  );
  if (before === undefined || before.reply.src === reply.src) return null;
  const shownBy = before.destroyed === null ? [] : [before.destroyed];
  return {
    from: { address: before.reply.src, port: before.reply.sport },
    to: { address: reply.src, port: reply.sport },
    shownBy: [...shownBy, made].sort((a, b) => (a.at < b.at ? -1 : 1)),
  };
}

/**
 * The same node has packets of the connection with one endpoint at first, and a RST of another at the end which comes to the client in the
 * name of what it dialled.
 */
function byPackets({ lost, packets, resets, goesToClient }: Known, server: Endpoint): Rerouted | null {
  const [first] = resets;
  if (first === undefined) return null;
  const { src: address, sport: port } = first.tuple;
  const isOf = ({ tuple }: PacketEvent, other: string) => tuple.src === other || tuple.dst === other;
  if (address === lost.target.address || address === server.address) return null;
  const isTranslated = resets.some(
    (other) => other.tuple.src === lost.target.address && goesToClient(other) && isCopy(other, first),
  );
  const before = packets.findLast(
    (packet) =>
      packet.node === first.node &&
      isOf(packet, server.address) &&
      !packet.flags.includes('R') &&
      packet.at < first.at,
  );
  const others = packets.filter((packet) => isOf(packet, address));
  // One that had a part in it from the beginning is another name of the same, on another leg of the way.
  const isNew = others.every(
    (packet) => !packet.flags.includes('S') && parseMicros(packet.at) > lost.lastGoodAt,
  );
  if (!isTranslated || before === undefined || !isNew) return null;
  const sent = others.find((packet) => !goesToClient(packet));
  return {
    from: server,
    to: { address, port },
    shownBy: [before, ...(sent === undefined ? [] : [sent]), first],
  };
}
