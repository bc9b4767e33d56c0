// Each packet of a connection with every place where it was seen, and the way that its packets usually took.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import { wireIdentity } from '../../diagnose/connections/clock-offsets.ts';
import type { Story } from '../../diagnose/connections/story.ts';

export interface SightedPacket {
  /** The first sighting. */
  readonly packet: PacketEvent;
  readonly from: 'client' | 'server';
  /** Node, interface and direction, in order of time, each once; those of its pieces, too, where it was cut on the way. */
  readonly places: readonly string[];
  /** Its sightings. */
  readonly all: readonly PacketEvent[];
}

/** Every place on the way, in its order, by the end that sends. */
export interface UsualWays {
  readonly client: readonly string[];
  readonly server: readonly string[];
}

/** No packet is under way for longer; the same numbers later are another packet. */
const onTheWay: Micros = 2_000_000;

/** In order of their first sightings. */
export function sightingsOf({
  packets,
  goesToClient,
}: Pick<Story, 'packets' | 'goesToClient'>): SightedPacket[] {
  const sighted: Sighted[] = [];
  const alike = new Map<string, Sighted[]>();
  for (const packet of packets) {
    const place = placeOf(packet);
    const identity = wireIdentity(packet);
    const at = parseMicros(packet.at);
    const known = alike.get(identity) ?? [];
    const waiting = known.filter((one) => one.at >= at - onTheWay && !one.places.includes(place));
    // Of the same data the one that was sent last came further; what carries none is made at once for each of several, one after the other.
    const same = carriesData(packet) ? waiting.at(-1) : waiting[0];
    if (same !== undefined) {
      same.places.push(place);
      same.all.push(packet);
      continue;
    }
    const from = goesToClient(packet) ? 'server' : 'client';
    const one: Sighted = { packet, at, from, places: [place], all: [packet] };
    known.push(one);
    alike.set(identity, known);
    sighted.push(one);
  }
  return sighted.map((one, index) => ({ ...one, places: withPieces(one, sighted, index) }));
}

interface Sighted extends SightedPacket {
  readonly at: Micros;
  readonly places: string[];
  readonly all: PacketEvent[];
}

/** A card cuts a long packet, or puts short ones together, as they pass; what is sent again comes later than that. */
const cutWithin: Micros = 20_000;

/** With the places where the same bytes were seen in packets of another length. */
function withPieces(whole: Sighted, sighted: readonly Sighted[], index: number): readonly string[] {
  const { packet, from, places, all } = whole;
  const until = whole.at + cutWithin;
  const pieces: PacketEvent[] = [];
  for (let at = index + 1; packet.payloadLength > 0 && at < sighted.length; at += 1) {
    const other = sighted[at];
    if (other === undefined || other.at > until) break;
    const offset = (other.packet.seq - packet.seq) | 0;
    const isSame = offset < packet.payloadLength && offset + other.packet.payloadLength > 0;
    const isCut = offset !== 0 || other.packet.payloadLength !== packet.payloadLength;
    if (other.from === from && isSame && isCut) pieces.push(...other.all);
  }
  if (pieces.length === 0) return places;
  const inOrder = [...all, ...pieces].toSorted((a, b) => parseMicros(a.at) - parseMicros(b.at));
  return [...new Set(inOrder.map(placeOf))];
}

/** What is sent again when nobody acknowledges it. */
export const carriesData = ({ payloadLength, flags }: PacketEvent): boolean =>
  payloadLength > 0 || /[SF]/.test(flags);

/**
 * The way of the one that was seen at most places. RSTs tell of no way: whoever makes one on the way does not stand at its beginning.
 * Null where the nodes' clocks put its places in an order that no way has.
 */
export function usualWays(sighted: readonly SightedPacket[]): UsualWays | null {
  const longest = (from: 'client' | 'server') =>
    sighted
      .filter((one) => one.from === from && !one.packet.flags.includes('R'))
      .reduce<readonly string[]>((way, { places }) => (places.length > way.length ? places : way), []);
  const ways = { client: longest('client'), server: longest('server') };
  const [there, back] = [nodesOf(ways.client), nodesOf(ways.server)];
  const isOneNode = new Set([...there, ...back]).size <= 1;
  return isOneNode || there.join(' ') === back.toReversed().join(' ') ? ways : null;
}

/** Each as often as it is come to. */
function nodesOf(way: readonly string[]): string[] {
  const nodes = way.map((place) => place.split(' ')[0] ?? '');
  return nodes.filter((node, index) => node !== nodes[index - 1]);
}

/** Without what the capture does not tell. */
export const placeOf = ({ node, interface: link, direction }: PacketEvent): string =>
  [node, link, direction].filter((part) => part !== 'unknown').join(' ');
