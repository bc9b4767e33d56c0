// What a finding shows: the way of one connection's packets and the last of them, from the very story that its evidence is taken from.
import { formatMicros, isWritable, parseMicros, type Micros } from '../../model/clock.ts';
import { parseEndpoint } from '../../model/endpoint.ts';
import { ladderSchema, mostRungs, type Ladder } from '../../model/ladder.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import { crossingOf, shownConnectionSchema, type ShownConnection } from '../../model/shown-connection.ts';
import { wireIdentity } from '../connections/clock-offsets.ts';
import type { Entry } from '../connections/entry-index.ts';
import type { Story } from '../connections/story.ts';
import type { PortMove } from '../facts/port.ts';

/**
 * `move` is the one that the finding names, if it names one. Undefined when no node reported an entry of the connection, or when
 * what is known of it is not fit for a record.
 */
export function showConnection(story: Story, move: PortMove | undefined): ShownConnection | undefined {
  const { lost, firsts, second } = story;
  const first =
    move === undefined ? firsts.findLast(({ node }) => node === firsts[0]?.node) : (story.first ?? undefined);
  if (first === undefined) return undefined;
  const isHere = ({ node }: Entry) => node === first.node;
  // With the rule a second entry gave the port that the server had before the rule went, or that it sees since the rule came.
  const port = move?.flip.change === 'added' ? move.sees : move?.had;
  const again = second.findLast(
    (entry) => isHere(entry) && (port === undefined || entry.reply.dport === port),
  );
  const beyond = [...firsts, ...second].findLast((entry) => !isHere(entry));
  const passage = (rulePresent: boolean | null, ...entries: (Entry | undefined)[]) => {
    const crossings = entries.flatMap((entry) => (entry === undefined ? [] : crossingOf(entry, entry.made)));
    return { rulePresent, crossings, seen: crossings.at(-1)?.source.after };
  };
  const { flip } = move ?? { flip: null };
  const shown = {
    class: lost.group,
    client: lost.client,
    target: lost.target,
    server: { address: first.reply.src, port: first.reply.sport },
    accepted: parseEndpoint(story.accepted?.peer ?? '') ?? null,
    failure: lost.failure,
    connectedAt: stamp(lost.bornAt),
    lastGoodAt: stamp(lost.lastGoodAt),
    failedAt: stamp(lost.failedAt),
    rule: flip && {
      node: flip.node,
      text: `${flip.preference}: ${flip.selector} lookup ${flip.table ?? '?'}`,
      ...{ at: flip.at, change: flip.change },
    },
    passages:
      flip === null
        ? [passage(null, first, again, beyond)]
        : [
            ...(again === undefined ? [] : [passage(true, first, again, beyond)]),
            passage(false, first, beyond),
          ],
  };
  return shownConnectionSchema.safeParse(shown).data;
}

const stamp = (at: Micros) => (isWritable(at) ? formatMicros(at) : null);

/** So many packets after the RST that ended it are told: what the other side still said. */
const rungsAfter = 3;

/** The last packets of the connection, each once however many interfaces it crossed. Undefined when none was captured. */
export function showPackets(story: Story): Ladder | undefined {
  const { lost, packets, resets, goesToClient } = story;
  if (lost.client === null) return undefined;
  const sent = sentPackets(packets);
  const [first] = resets;
  // Of a connection that timed out, or that its peer closed, the RST is what came too late.
  const byReset = lost.failure === 'reset' || lost.failure === 'refused';
  const ending = byReset && first !== undefined ? sent.findIndex(({ all }) => all.includes(first)) : -1;
  const end = ending < 0 ? sent.length : Math.min(sent.length, ending + 1 + rungsAfter);
  const start = Math.max(0, end - mostRungs);
  const base = { client: firstNumber(packets, false), server: firstNumber(packets, true) };
  const rungs = sent.slice(start, end).map(({ packet, again }, index) => {
    const [from, to] = goesToClient(packet)
      ? (['server', 'client'] as const)
      : (['client', 'server'] as const);
    return {
      at: packet.at,
      from,
      flags: packet.flags,
      seq: relative(packet.seq, base[from]),
      ack: packet.flags.includes('.') ? relative(packet.ack, base[to]) : null,
      length: packet.payloadLength,
      where: placeOf(packet),
      mark: start + index === ending ? 'ending' : again ? 'again' : null,
    };
  });
  const ladder = {
    client: lost.client,
    server: lost.target,
    lostAt: stamp(lost.failedAt),
    earlier: start,
    later: sent.length - end,
    rungs,
  };
  return ladderSchema.safeParse(ladder).data;

  /** What the side itself sent first, or else what the other one acknowledged first. */
  function firstNumber(all: readonly PacketEvent[], toClient: boolean): number | null {
    const orderly = all.filter(({ flags }) => !flags.includes('R'));
    const own = orderly.find((packet) => goesToClient(packet) === toClient);
    const other = orderly.find((packet) => goesToClient(packet) !== toClient && packet.flags.includes('.'));
    const reset = all.find((packet) => goesToClient(packet) === toClient);
    return own?.seq ?? other?.ack ?? reset?.seq ?? null;
  }
}

/** A packet with all its sightings. */
interface SentPacket {
  /** The first sighting. */
  readonly packet: PacketEvent;
  readonly all: readonly PacketEvent[];
  readonly again: boolean;
}

/** No packet is under way for longer; the same numbers later are another packet. */
const onTheWay: Micros = 2_000_000;

/** @param packets Sightings, in order of time. */
function sentPackets(packets: readonly PacketEvent[]): SentPacket[] {
  const sent: (SentPacket & { readonly all: PacketEvent[] })[] = [];
  const latest = new Map<string, (typeof sent)[number]>();
  for (const packet of packets) {
    const identity = wireIdentity(packet);
    const before = latest.get(identity);
    const isSame =
      before !== undefined &&
      parseMicros(packet.at) - parseMicros(before.packet.at) <= onTheWay &&
      // The same sender's, and not yet seen there.
      !before.all.some((other) => placeOf(other) === placeOf(packet));
    if (isSame) {
      before.all.push(packet);
      continue;
    }
    const carries = packet.payloadLength > 0 || /[SF]/.test(packet.flags);
    const one = { packet, all: [packet], again: packet.retransmission || (before !== undefined && carries) };
    latest.set(identity, one);
    sent.push(one);
  }
  return sent;
}

/** Without what the capture does not tell. */
const placeOf = ({ node, interface: link, direction }: PacketEvent): string =>
  [node, link, direction].filter((part) => part !== 'unknown').join(' ');

/** Sequence numbers go round: the nearer way counts. */
function relative(number: number, base: number | null): number {
  if (base === null) return 0;
  return (number - base) | 0;
}
