// RSTs that were seen leaving a pod or a node, held against what its kernel counted as its own.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { CountersEvent, PacketEvent } from '../../model/node-event.ts';
import { wireIdentity } from './clock-offsets.ts';
import { isBorn } from './packet-index.ts';
import { between, byStamp } from './time-range.ts';

/** What was counted and seen in a span of time. */
export interface ResetTally {
  readonly from: Micros;
  readonly to: Micros;
  /** Of all that was recorded until then. */
  readonly sinceBeginning: boolean;
  /** RSTs that the kernel sent of its own, by its counter. */
  readonly counted: number;
  /** Sockets that their own program aborted, in any way. */
  readonly aborted: number;
  /** Of these, sockets with input unread; and those with linger 0 together with closed ones that answered data. */
  readonly unread: number;
  readonly lingerOrClosed: number;
  /** RSTs that were seen leaving, and those of them with the form of a live socket. */
  readonly seen: number;
  readonly live: number;
}

export interface ResetTallies {
  /** How many RSTs were seen leaving a pod, by its address, or born on a node, by its name, from `from` to `to`; each once. */
  readonly seenFrom: (place: string, from?: Micros, to?: Micros) => number;
  /**
   * The tallies that a RST of that moment is in, in which the namespace `scope`, which is at that place, counted just the RSTs that were
   * seen leaving it: of the time around it, from one quiet moment to the next, and of all since the beginning; the former first.
   */
  readonly agreed: (scope: string, place: string, at: Micros) => readonly ResetTally[];
}

const abortCounter = /^TcpExtTCPAbortOn(Data|Close|Linger|Memory)$/;
const unreadCounter = 'TcpExtTCPAbortOnClose';
const dataCounter = 'TcpExtTCPAbortOnData';

/** A reading is stamped before it is made, and may be late by this on a busy machine: what is nearer is told apart by no stamps. */
const readingSlack: Micros = 60_000;

/** @param packets In order of time. @param readings Of `snmp`, in order of time. */
export function tallyResets(
  packets: readonly PacketEvent[],
  readings: readonly CountersEvent[],
): ResetTallies {
  const resets = byPlace(packets.filter(({ flags }) => flags.includes('R')));
  // Whoever is lost between the same two readings of a counter asks the same.
  const asked = new Map<string, number>();
  const seenFrom = (
    place: string,
    from = Number.NEGATIVE_INFINITY,
    to = Number.POSITIVE_INFINITY,
  ): number => {
    const question = `${place} ${from} ${to}`;
    const count = asked.get(question) ?? transmissions(between(resets.get(place) ?? [], from, to));
    asked.set(question, count);
    return count;
  };
  const byScope = Map.groupBy(readings, ({ scope }) => scope);
  const known = new Map<string, readonly ResetTally[]>();
  const talliesOf = (scope: string, place: string): readonly ResetTally[] => {
    const key = `${scope} ${place}`;
    const made = known.get(key) ?? tallies(byScope.get(scope) ?? [], resets.get(place) ?? []);
    known.set(key, made);
    return made;
  };
  return {
    seenFrom,
    agreed: (scope, place, at) => talliesOf(scope, place).filter(({ from, to }) => from <= at && at <= to),
  };
}

/** Those of a pod by its address; those that a node sent itself, by whatever part of it and in whatever name, by its own. */
function byPlace(resets: readonly PacketEvent[]): Map<string, PacketEvent[]> {
  const onNodes = Map.groupBy(resets, (packet) => `${packet.node} ${wireIdentity(packet)}`);
  // The first sighting on a node is where a packet came in, or its birth.
  const born = [...onNodes.values()].filter(([first]) => first !== undefined && isBorn(first)).flat();
  const inOrder = born.sort(byStamp);
  return new Map([
    ...Map.groupBy(resets, ({ tuple }) => tuple.src),
    ...Map.groupBy(inOrder, ({ node }) => node),
  ]);
}

function tallies(readings: readonly CountersEvent[], resets: readonly PacketEvent[]): ResetTally[] {
  const risen = readings.filter((one) => sumOf([one], isTold) > 0);
  const tally = ({ from, to }: Span): ResetTally => {
    // Spans are made of whole readings: what ends inside began inside.
    const inside = between(risen, from, to);
    const own = between(resets, from, to);
    return {
      from,
      to,
      sinceBeginning: from === Number.NEGATIVE_INFINITY,
      counted: sumOf(inside, isOwnReset),
      aborted: sumOf(inside, (name) => abortCounter.test(name)),
      unread: sumOf(inside, (name) => name === unreadCounter),
      lingerOrClosed: sumOf(inside, (name) => name === dataCounter),
      seen: transmissions(own),
      live: transmissions(own.filter(({ flags }) => flags.includes('.'))),
    };
  };
  const agrees = ({ counted, seen }: ResetTally) => counted > 0 && counted === seen;
  return [...spansOf(risen, resets).map(tally), ...sinceBeginning(risen, tally)].filter(agrees);
}

/**
 * All that was recorded; or else until the last reading, where a namespace that ends goes on unread. A RST of a rule makes seen and
 * counted differ from then on; one that a late reading counts too early does so once, so that two readings have to agree.
 */
function sinceBeginning(risen: readonly CountersEvent[], tally: (span: Span) => ResetTally): ResetTally[] {
  const from = Number.NEGATIVE_INFINITY;
  const all = tally({ from, to: Number.POSITIVE_INFINITY });
  if (all.counted === all.seen) return [all];
  const [last, before] = [risen.at(-1), risen.at(-2)];
  if (last === undefined || before === undefined) return [];
  const [until, untilBefore] = [last, before].map(({ at }) => tally({ from, to: parseMicros(at) }));
  return until !== undefined && untilBefore?.counted === untilBefore?.seen ? [until] : [];
}

interface Span {
  readonly from: Micros;
  readonly to: Micros;
}

/** The stretches of time in which RSTs and readings that rose follow each other too closely to be told apart. */
function spansOf(risen: readonly CountersEvent[], resets: readonly PacketEvent[]): Span[] {
  const spans = [
    ...risen.map(({ since, at }) => ({ from: parseMicros(since), to: parseMicros(at) })),
    ...resets.map(({ at }) => ({ from: parseMicros(at) - readingSlack, to: parseMicros(at) + readingSlack })),
  ].sort((a, b) => a.from - b.from);
  const merged: { from: Micros; to: Micros }[] = [];
  for (const { from, to } of spans) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

const isOwnReset = (name: string): boolean => name === 'TcpOutRsts';
const isTold = (name: string): boolean => isOwnReset(name) || abortCounter.test(name);

function sumOf(readings: readonly CountersEvent[], isWanted: (name: string) => boolean): number {
  return readings
    .flatMap(({ changes }) => Object.entries(changes))
    .reduce((sum, [name, change]) => (isWanted(name) ? sum + change : sum), 0);
}

/**
 * How many packets were sent. Who asks twice is answered twice with the same numbers: of those that look alike, as many were sent as
 * came by the place that saw most of them, since none passes one place twice with as many hops to go.
 */
function transmissions(packets: readonly PacketEvent[]): number {
  const alike = Map.groupBy(packets, wireIdentity);
  return [...alike.values()].reduce((sum, copies) => {
    const places = Map.groupBy(
      copies,
      ({ node, interface: link, direction, ttl }) => `${node} ${link} ${direction} ${ttl}`,
    );
    return sum + Math.max(...[...places.values()].map(({ length }) => length));
  }, 0);
}
