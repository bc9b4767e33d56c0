// A port that two connections share, one after the other or through a translation: who opens anew on a live one is told what that one
// knows, and resets it (RFC 9293, 3.10.7.3: an acknowledgement of what it never sent). Its own opening goes on, and is sent again.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';

export const isOpening = ({ flags }: Pick<PacketEvent, 'flags'>): boolean =>
  flags.includes('S') && !flags.includes('.');

export const isSameWay = ({ tuple: a }: PacketEvent, { tuple: b }: PacketEvent): boolean =>
  a.src === b.src && a.sport === b.sport && a.dst === b.dst && a.dport === b.dport;

/** Numbers begin anew after 2^32. */
const after = (number: number): number => (number + 1) >>> 0;

/** The answer of an end that has another connection of these ports: it acknowledges nothing of the opening. */
export const isForeignAnswer = (packet: PacketEvent, opening: PacketEvent): boolean =>
  packet.flags === '.' &&
  packet.tuple.dst === opening.tuple.src &&
  packet.tuple.dport === opening.tuple.sport &&
  packet.ack !== after(opening.seq);

/** A RST by whoever opened, of another number than its opening has: the number that it was told. */
export const isForeignReset = (packet: PacketEvent, opening: PacketEvent): boolean =>
  packet.flags === 'R' &&
  packet.tuple.src === opening.tuple.src &&
  packet.tuple.sport === opening.tuple.sport &&
  packet.seq !== opening.seq &&
  packet.seq !== after(opening.seq);

/** Whether the opening was answered as such. */
export const isAnswerTo = (packet: PacketEvent, opening: PacketEvent): boolean =>
  packet.flags.includes('S') && packet.flags.includes('.') && packet.ack === after(opening.seq);

/** The openings, as each place has them, that a connection was born with at that time. */
export function openingsAt(
  bornAt: Micros,
  packets: readonly PacketEvent[],
  slack: Micros,
): readonly PacketEvent[] {
  const openings = packets.filter(isOpening);
  const born = openings.filter(({ at }) => Math.abs(parseMicros(at) - bornAt) <= slack);
  const numbers = new Set(born.map(({ seq }) => seq));
  return openings.filter(({ seq }) => numbers.has(seq));
}

/** What comes before one of them at its place is of a connection that had the port before, or did not end this one. */
export const isBefore = (packet: PacketEvent, openings: readonly PacketEvent[]): boolean =>
  openings.some(
    ({ at, node, interface: name }) => node === packet.node && name === packet.interface && at > packet.at,
  );

/**
 * RSTs of an attempt to connect that it outlives: the same opening passes there again, or is answered.
 * @param packets In order of time.
 */
export function outlivedResets(packets: readonly PacketEvent[]): ReadonlySet<PacketEvent> {
  const outlived = new Set<PacketEvent>();
  if (!packets.some(isOpening)) return outlived;
  for (const [index, reset] of packets.entries()) {
    if (reset.flags !== 'R') continue;
    const isHere = ({ node, interface: name }: PacketEvent) =>
      node === reset.node && name === reset.interface;
    const opening = packets.slice(0, index).findLast((one) => isOpening(one) && isHere(one));
    if (opening === undefined || !isForeignReset(reset, opening)) continue;
    const wasAnswered = packets.slice(0, index).some((one) => isAnswerTo(one, opening));
    const goesOn = packets
      .slice(index + 1)
      .some(
        (one) => isHere(one) && ((isOpening(one) && one.seq === opening.seq) || isAnswerTo(one, opening)),
      );
    if (!wasAnswered && goesOn) outlived.add(reset);
  }
  return outlived;
}
