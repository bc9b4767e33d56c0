// The rungs of a ladder in words, however they are drawn: times from the loss on, numbers from each side's first one on.
import { parseMicros } from '../model/clock.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import { missedAt, type Ladder, type Rung } from '../model/ladder.ts';
import type { LastMoments, Told } from '../model/last-moments.ts';
import type { Finding } from '../model/run-record.ts';
import { authorInBrief } from './finding-words.ts';

/** A finding, or a live loss in its words. */
export type LadderSource = Pick<Finding, 'ladder' | 'lastMoments' | 'author' | 'certainty'>;

export interface PacketRow {
  readonly kind: 'packet';
  /** `-1.002 ms`; `0` is the loss. */
  readonly time: string;
  readonly toServer: boolean;
  /** `[P.] seq 1:17 ack 1 len 16`. */
  readonly label: string;
  /** The same without its length, which its numbers tell, too; and without what it acknowledges. */
  readonly shorter: readonly [string, string];
  /** Where it was seen, in order: `node-1 cali-client, eth0; node-2 eth0, cali-server`. */
  readonly where: string;
  /** The same as letters of `places`, with a `-` for each place of the usual way where it was not seen; empty where it has no letters. */
  readonly hops: string;
  /** `RST by the server's kernel (proven)`, `sent again, never seen at node-1 eth0 in`; empty for an ordinary packet. */
  readonly mark: string;
  /** `not seen at node-1 eth0 in`, as the letters say it, too; empty where it came as far as others. */
  readonly missed: string;
  /** It ended the connection, or it is the one that did not arrive. */
  readonly isGuilty: boolean;
}

/** What a kernel, a socket or a program told. */
export interface ToldRow {
  readonly kind: 'told';
  readonly time: string;
  readonly side: Told['side'];
  readonly text: string;
  /** The node; empty where the program itself told it. */
  readonly where: string;
  readonly mark: string;
  readonly isGuilty: boolean;
}

export interface LadderWords {
  readonly client: string;
  readonly server: string;
  /** `node-1 eth0`: those that the letters of `hops` stand for, from a on; empty where every packet was seen at one place. */
  readonly places: readonly string[];
  /** In order of time. */
  readonly rows: readonly (PacketRow | ToldRow)[];
  /** What is left out; empty when nothing is. */
  readonly left: string;
  readonly hasPackets: boolean;
}

/** Null where nothing is known of the end. */
export function ladderWords(source: LadderSource): LadderWords | null {
  const { ladder, lastMoments } = source;
  const known = ladder ?? lastMoments;
  const told = lastMoments?.told ?? [];
  if (known === undefined || (ladder === undefined && told.length === 0)) return null;
  const lostAt = parseMicros(known.lostAt);
  const places = placesOf(ladder);
  const packets = (ladder?.rungs ?? []).map((rung) => ({
    at: rung.at,
    row: packetRow(rung, source, lostAt, places),
  }));
  const others = told.map((one) => ({ at: one.at, row: toldRow(one, source, lostAt) }));
  const target = ladder?.server ?? lastMoments?.target;
  return {
    client: known.client === null ? 'not connected yet' : formatEndpoint(known.client),
    server: target === undefined ? '' : formatEndpoint(target),
    places,
    rows: [...packets, ...others]
      .toSorted((a, b) => parseMicros(a.at) - parseMicros(b.at))
      .map(({ row }) => row),
    left: leftWords(ladder, lastMoments),
    hasPackets: ladder !== undefined,
  };
}

/** Interfaces, in the order of the way to the server; none where letters would say no more than one place does. */
function placesOf(ladder: Ladder | undefined): readonly string[] {
  const all = (ladder?.rungs ?? []).map(({ from, seen, where }) => ({ from, seen: seen ?? [where] }));
  if (all.every(({ seen }) => seen.length === 1) && (ladder?.usual?.client.length ?? 0) <= 1) return [];
  const toServer = [
    ...(ladder?.usual?.client ?? []),
    ...(ladder?.usual?.server ?? []).toReversed(),
    ...all.flatMap(({ from, seen }) => (from === 'client' ? seen : seen.toReversed())),
  ];
  return [...new Set(toServer.map(interfaceOf))].slice(0, mostLetters);
}

const mostLetters = 26;

/** Without its direction, which the arrow tells. */
export const interfaceOf = (place: string): string => place.replace(/ (in|out)$/, '');

function packetRow(rung: Rung, source: LadderSource, lostAt: number, places: readonly string[]): PacketRow {
  const { stopped } = source.lastMoments ?? {};
  const isStopped = stopped?.at === rung.at && stopped.from === rung.from;
  const isClosing = rung === closingOf(source);
  return {
    kind: 'packet',
    time: sinceLoss(parseMicros(rung.at) - lostAt),
    toServer: rung.from === 'client',
    label: packetWords(rung, ['ack', 'len']),
    shorter: [packetWords(rung, ['ack']), packetWords(rung, [])],
    where: rung.seen === undefined ? rung.where : placesInWords(rung.seen),
    hops: places.length === 0 ? '' : hopLetters(rung, source.ladder, places),
    mark: markWords(rung, source, isStopped, isClosing),
    missed: isStopped ? '' : missedWords(rung, source),
    isGuilty: isStopped || isClosing || rung.mark === 'ending',
  };
}

/** The FIN of a server that closed in the midst of it. */
function closingOf({ ladder, lastMoments }: LadderSource): Rung | undefined {
  if (lastMoments?.answer !== 'close') return undefined;
  return ladder?.rungs.findLast(
    ({ from, flags, at }) => from === 'server' && flags.includes('F') && at <= lastMoments.lostAt,
  );
}

/** A node's name once, and an interface that it left and came back by once; a single place in full. */
function placesInWords(seen: readonly string[]): string {
  if (seen.length === 1) return seen[0] ?? '';
  const byNode: { node: string; links: string[] }[] = [];
  for (const place of seen) {
    const [node = '', link = ''] = interfaceOf(place).split(' ');
    const last = byNode.at(-1);
    if (last?.node !== node) byNode.push({ node, links: [link] });
    else if (last.links.at(-1) !== link) last.links.push(link);
  }
  return byNode.map(({ node, links }) => `${node} ${links.join(', ')}`).join('; ');
}

function hopLetters(
  { from, seen, where }: Rung,
  ladder: Ladder | undefined,
  places: readonly string[],
): string {
  const own = seen ?? [where];
  const usual = ladder?.usual?.[from] ?? [];
  const letter = (place: string) => {
    const index = places.indexOf(interfaceOf(place));
    return index < 0 ? '?' : String.fromCharCode(97 + index);
  };
  // Who took another way is told where it was; the usual way has nothing to do with it.
  if (own.some((place) => !usual.includes(place))) return own.map(letter).join('');
  return usual.map((place) => (own.includes(place) ? letter(place) : '-')).join('');
}

function packetWords({ flags, seq, ack, length }: Rung, besides: readonly ('ack' | 'len')[]): string {
  const numbers = length > 0 ? `${seq}:${seq + length}` : String(seq);
  return [
    `[${flags}]`,
    `seq ${numbers}`,
    ...(ack === null || !besides.includes('ack') ? [] : [`ack ${ack}`]),
    ...(length > 0 && besides.includes('len') ? [`len ${length}`] : []),
  ].join(' ');
}

function markWords(rung: Rung, source: LadderSource, isStopped: boolean, isClosing: boolean): string {
  const { mark, flags, from, seen } = rung;
  const usual = source.ladder?.usual?.[from] ?? [];
  if (mark === 'ending') return `${endedBy(source)}${isMadeOnTheWay(rung, usual) ? ', made on the way' : ''}`;
  if (isClosing) return endedBy(source, 'FIN');
  const parts = [
    ...(mark === 'again' ? ['sent again'] : flags.includes('R') ? ['RST'] : []),
    ...(isStopped ? [`never seen at ${missedAt(seen ?? [], usual) ?? 'the other end'}`] : []),
  ];
  return parts.join(', ');
}

/** Its sender does not stand where the others of that end come from. */
function isMadeOnTheWay({ seen }: Rung, usual: readonly string[]): boolean {
  const [first] = seen ?? [];
  return first !== undefined && usual.length > 1 && usual.indexOf(first) > 0;
}

function missedWords({ from, seen, flags, length }: Rung, { ladder }: LadderSource): string {
  const isMissed = length > 0 || /[SFR]/.test(flags);
  const missed = seen === undefined || !isMissed ? null : missedAt(seen, ladder?.usual?.[from] ?? []);
  return missed === null ? '' : `not seen at ${missed}`;
}

const endedBy = ({ author, certainty }: LadderSource, what: 'RST' | 'FIN' = 'RST'): string =>
  author === 'unknown' ? `${what}, by whom is open` : `${what} by ${authorInBrief({ author, certainty })}`;

function toldRow({ at, side, node, text, mark }: Told, source: LadderSource, lostAt: number): ToldRow {
  return {
    kind: 'told',
    ...{ time: sinceLoss(parseMicros(at) - lostAt), side, text },
    where: node ?? '',
    mark: mark === 'ending' ? endedBy(source) : '',
    isGuilty: mark === 'ending',
  };
}

function leftWords(ladder: Ladder | undefined, moments: LastMoments | undefined): string {
  const earlier = (ladder?.earlier ?? 0) + (moments?.earlier ?? 0);
  const later = ladder?.later ?? 0;
  const parts = [...(earlier > 0 ? [`${earlier} earlier`] : []), ...(later > 0 ? [`${later} later`] : [])];
  return parts.length === 0 ? '' : `${parts.join(' and ')} not shown`;
}

/** Three figures of what is near, whole numbers of what is far: `-0.012 ms`, `-812 ms`, `-63.0 s`. */
function sinceLoss(micros: number): string {
  if (micros === 0) return '0';
  const sign = micros < 0 ? '-' : '+';
  const size = Math.abs(micros);
  if (size < 1_000_000) return `${sign}${(size / 1_000).toFixed(3)} ms`;
  return `${sign}${(size / 1e6).toFixed(3)} s`;
}
