// Packets put together to connections: every leg of one connection, whatever translation made of its addresses on the way.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { PacketEvent, Tuple } from '../../model/node-event.ts';
import { wireIdentity } from './clock-offsets.ts';
import { isOpening } from './another-opening.ts';
import type { EntryIndex } from './entry-index.ts';
import { splitAtHandshakes } from './split-at-handshakes.ts';
import { maySayWhoOpened, turned, wayBack, type WayBack } from './way-back.ts';

/** A connection as packets alone tell of it. */
export interface WireConnection {
  /** On every leg and node, in order of time. */
  readonly packets: readonly PacketEvent[];
  /** The client's end and what it dialled, as on the leg nearest to the client. */
  readonly client: Endpoint;
  readonly target: Endpoint;
  /** The client's end as each leg shows it. */
  readonly legs: readonly string[];
  /** Whether a packet goes to the client, by the leg that it is on. */
  readonly goesToClient: (packet: PacketEvent) => boolean;
}

/** Two sightings of one packet are no further apart than this; the same numbers later are another packet. */
const onTheWay: Micros = 2_000_000;

/** @param packets In order of time. */
export function wireConnections(packets: readonly PacketEvent[], entries: EntryIndex): WireConnection[] {
  const flows = Map.groupBy(packets, flowOf);
  const parent = new Map([...flows.keys()].map((flow) => [flow, flow]));
  // Each flow that is passed is hung higher, so that no chain grows however many legs are joined.
  const rootOf = (flow: string): string => {
    let [at, up] = [flow, parent.get(flow) ?? flow];
    while (up !== at) {
      const above = parent.get(up) ?? up;
      parent.set(at, above);
      [at, up] = [up, above];
    }
    return at;
  };
  const seen = new Map<string, { readonly flow: string; readonly at: Micros }>();
  for (const packet of packets) {
    if (!isTelling(packet)) continue;
    const identity = wireIdentity(packet);
    const at = parseMicros(packet.at);
    const flow = flowOf(packet);
    const other = seen.get(identity);
    if (other !== undefined && at - other.at <= onTheWay) parent.set(rootOf(flow), rootOf(other.flow));
    seen.set(identity, { flow, at });
  }
  // What one end sends may be seen on one leg only, as where the other leg is within the node: an entry says which two are one.
  for (const [flow, [packet]] of flows) {
    const entriesOf = packet === undefined ? [] : bothWays(packet.tuple).flatMap((way) => find(way, entries));
    for (const { reply } of entriesOf) {
      const other = flowOf({ tuple: reply });
      if (flows.has(other)) parent.set(rootOf(other), rootOf(flow));
    }
  }
  const groups = Map.groupBy(packets, (packet) => rootOf(flowOf(packet)));
  const dialled = new Set(packets.filter(isOpening).map(({ tuple: { dst, dport } }) => `${dst} ${dport}`));
  return [...groups.values()]
    .flatMap((own) => splitAtHandshakes(own, flowOf))
    .flatMap((own) => connectionOf(own, entries, dialled) ?? []);
}

function flowOf({ tuple: { src, sport, dst, dport } }: Pick<PacketEvent, 'tuple'>): string {
  const [from, to] = [`${src} ${sport}`, `${dst} ${dport}`];
  return from < to ? `${from} ${to}` : `${to} ${from}`;
}

/** Whether only the same packet on another leg is likely to have the same numbers. */
const isTelling = ({ flags, payloadLength, seq, ack }: PacketEvent): boolean =>
  (payloadLength > 0 || /[SFR]/.test(flags)) && (seq !== 0 || ack !== 0);

/** Undefined when nothing tells which of the two ends is the client. */
function connectionOf(
  packets: readonly PacketEvent[],
  entries: EntryIndex,
  dialled: ReadonlySet<string>,
): WireConnection | undefined {
  const clientEnds = new Set<string>();
  const opening = packets.find(isOpening);
  const begun =
    opening === undefined ? beginning(packets, entries, dialled) : { way: opening.tuple, legs: [] };
  if (begun === undefined) return undefined;
  const { src, sport, dst, dport } = begun.way;
  // Translation leaves the server's port or the client's where it was, mostly; numbers tell the rest: on a leg, whoever sends the
  // client's numbers is the client.
  const clientNumbers = new Set(
    packets.filter((one) => one.tuple.src === src && one.tuple.sport === sport).map(({ seq }) => seq),
  );
  for (const packet of packets) {
    const { tuple } = packet;
    if (packet.flags.includes('R')) continue;
    if (clientNumbers.has(packet.seq) && !(tuple.src === dst && tuple.sport === dport))
      clientEnds.add(formatEndpoint({ address: tuple.src, port: tuple.sport }));
  }
  for (const end of [formatEndpoint({ address: src, port: sport }), ...begun.legs]) clientEnds.add(end);
  const goesToClient = ({ tuple }: PacketEvent) =>
    clientEnds.has(formatEndpoint({ address: tuple.dst, port: tuple.dport })) ||
    (!clientEnds.has(formatEndpoint({ address: tuple.src, port: tuple.sport })) && tuple.sport === dport);
  return {
    packets,
    client: { address: src, port: sport },
    target: { address: dst, port: dport },
    legs: [...clientEnds],
    goesToClient,
  };
}

/** From the client to what it dialled, by what entries, other connections or ports say; and its ends on other legs, as entries know. */
function beginning(
  packets: readonly PacketEvent[],
  entries: EntryIndex,
  dialled: ReadonlySet<string>,
): WayBack | undefined {
  // What a packet answers is seen nearest to the client where the packet was seen last.
  const answered = packets.toReversed().map((packet) => ({ ...packet, tuple: turned(packet.tuple) }));
  const first = openedBefore(packets, entries);
  if (first !== undefined) return { way: first.tuple, legs: [] };
  const back = translatedBefore(answered, entries);
  if (back !== undefined) return back;
  const guessed =
    toDialled([...packets, ...answered], dialled) ??
    fromHigherPort(packets) ??
    openedBefore(answered, entries) ??
    fromHigherPort(answered);
  return guessed === undefined ? undefined : { way: guessed.tuple, legs: [] };
}

/** Where the server's packets alone were seen, a RST perhaps: the entry that translates them on their way back knows who dialled whom. */
function translatedBefore(answered: readonly PacketEvent[], entries: EntryIndex): WayBack | undefined {
  for (const { tuple } of answered) {
    const back = wayBack(tuple, entries);
    if (back.way !== tuple && find(back.way, entries).some(maySayWhoOpened)) return back;
  }
  return undefined;
}

/** Who was dialled on another connection listens there; translation may have given the client any port, a lower one, too. */
const toDialled = (packets: readonly PacketEvent[], dialled: ReadonlySet<string>): PacketEvent | undefined =>
  packets.find(
    ({ tuple: { src, sport, dst, dport } }) =>
      dialled.has(`${dst} ${dport}`) && !dialled.has(`${src} ${sport}`),
  );

const bothWays = (tuple: Tuple): Tuple[] => [tuple, turned(tuple)];
const find = ({ src, sport, dst, dport }: Tuple, entries: EntryIndex) => entries.find(src, sport, dst, dport);

/** The sighting of a packet from the end that a conntrack entry names as the one that began. */
function openedBefore(packets: readonly PacketEvent[], entries: EntryIndex): PacketEvent | undefined {
  // Each tuple once: what is known of its entries is the same for all its packets.
  const firstOf = new Map<string, PacketEvent>();
  for (const packet of packets) {
    const tuple = Object.values(packet.tuple).join(' ');
    if (!firstOf.has(tuple)) firstOf.set(tuple, packet);
  }
  const begun = [...firstOf.values()].filter(
    ({ tuple }) => entries.find(tuple.src, tuple.sport, tuple.dst, tuple.dport).length > 0,
  );
  // Of two legs, the first is the one whose target is not yet that of the other's answers.
  const rewritten = new Set(
    begun.flatMap(({ tuple }) =>
      entries
        .find(tuple.src, tuple.sport, tuple.dst, tuple.dport)
        .filter(({ original, reply }) => original.dst !== reply.src || original.dport !== reply.sport)
        .map(({ original }) => `${original.dst} ${original.dport}`),
    ),
  );
  return begun.find(({ tuple }) => rewritten.has(`${tuple.dst} ${tuple.dport}`)) ?? begun[0];
}

/** Where nobody saw it begin: clients take the high ports. A convention; two high ports alike tell nothing. */
function fromHigherPort(packets: readonly PacketEvent[]): PacketEvent | undefined {
  return packets.find(
    ({ tuple }) => tuple.sport > tuple.dport && tuple.sport >= 1_024 && tuple.dport < 32_768,
  );
}
