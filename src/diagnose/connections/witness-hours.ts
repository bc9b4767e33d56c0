// When each witness of each node ran, what it lost, and what it cannot see, by its own words: what it does not show was only then not there.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { hiddenTracking } from '../../model/dataplane-words.ts';
import type { BlindSpot, NodeEvent, SourceEvent } from '../../model/node-event.ts';
import type { NodeWitness } from '../witness-words.ts';
import type { CapturedUntil } from './sent-in-vain.ts';

export interface WitnessHours {
  /** Whether the witness ran on the node (on any node, when null) as far as the evidence shows. */
  readonly ran: (witness: NodeWitness, node: string | null) => boolean;
  /** Whether the witness said that it cannot see such things on the node (on any node, when null). */
  readonly blind: (witness: NodeWitness, spot: BlindSpot, node: string | null) => boolean;
  /** Whether the node (any node, when null) has a dataplane in eBPF, which tracks connections in tables of its own. */
  readonly tracksElsewhere: (node: string | null) => boolean;
  /** When the witness last said anything on the node; what came later it may not have seen any more. */
  readonly lastHeard: (witness: NodeWitness, node: string) => Micros;
  /** When the witness was first heard of on the node; what came earlier it did not see. */
  readonly firstHeard: (witness: NodeWitness, node: string) => Micros;
  /** Whether the witness told of something on the node at a later moment than this, or ended after it: it tells late, but in order. */
  readonly toldAfter: (witness: NodeWitness, node: string, at: Micros) => boolean;
  /** When any witness of the node last said anything. */
  readonly heardUntil: (node: string) => Micros;
  /**
   * Whether the witness may have missed something on the node between these moments, by what it said of itself: what it does not show
   * may have been there. What it missed before it was begun anew it misses no more.
   */
  readonly mayHaveMissed: (witness: NodeWitness, node: string, from: Micros, to: Micros) => boolean;
  /**
   * Whether the witness said that it began on the node after `from`, or stopped, or read for the last time, before `to`: what it does not
   * show it could not see.
   */
  readonly missed: (witness: NodeWitness, node: string, from: Micros, to: Micros) => boolean;
  /**
   * Counters that a round of readings on the node found to have moved since this moment: all others of the node were read in that
   * round, too; or all were read once more after it, as the witness says. That it was stopped later says nothing of when it last read.
   */
  readonly lastRoundSince: (witness: NodeWitness, node: string) => Micros;
  /** How far what was captured of the node can be trusted to be whole. */
  readonly capturedUntil: CapturedUntil;
}

interface Gap {
  readonly since: Micros;
  /** When it was told of: only what began after that is begun anew. */
  readonly toldAt: Micros;
  until: Micros;
}

interface WitnessNotes {
  /** Takes any event of a node: each shows that its witness ran. */
  note(event: NodeEvent): void;
  /** @param align Moves a stamp of a node to the clock of all. */
  hours(align: (stamp: { at: string; node: string }) => { readonly at: string }): WitnessHours;
}

export function createWitnessHours(): WitnessNotes {
  const sources = new Set<string>();
  const lastHeard = new Map<string, string>();
  const firstHeard = new Map<string, string>();
  const heardUntil = new Map<string, string>();
  const lastRound = new Map<string, string>();
  const gaps = new Map<string, Gap[]>();
  const lost = new Map<string, number>();
  const limited = new Set<string>();
  const begun = new Map<string, string>();
  const stopped = new Map<string, string>();
  const readUntil = new Map<string, string>();
  // Of those that still run, as far as somebody who hears of each reading says so.
  const readSoFar = new Map<string, string>();
  const blind = new Set<string>();
  const tracksElsewhere = new Set<string>();

  function note(event: NodeEvent): void {
    const said = `${event.source} ${event.node}`;
    later(lastHeard, said, event.at);
    later(heardUntil, event.node, event.at);
    if (event.at < (firstHeard.get(said) ?? '\uffff')) firstHeard.set(said, event.at);
    if (event.event !== 'source' || event.state === 'started' || event.state === 'stopped')
      sources.add(said).add(event.source);
    if (event.event === 'counters') later(lastRound, said, event.since);
    if (event.event === 'dataplane' && hiddenTracking(event) !== null) tracksElsewhere.add(event.node);
    if (event.event === 'source') noteSource(event, said);
  }

  function noteSource(event: SourceEvent, said: string): void {
    noteMissed(event, said);
    later(lastRound, said, event.readUntil ?? '');
    later(event.state === 'stopped' ? readUntil : readSoFar, said, event.readUntil ?? '');
    if (event.state === 'started' && event.at < (begun.get(said) ?? '\uffff')) begun.set(said, event.at);
    if (event.state === 'stopped') later(stopped, said, event.at);
    if (event.state === 'failed' || (event.state === 'limited' && event.blindTo === undefined))
      limited.add(said);
    lost.set(said, Math.max(lost.get(said) ?? 0, event.lost ?? 0));
    for (const spot of event.blindTo ?? [])
      blind.add(`${event.source} ${spot} ${event.node}`).add(`${event.source} ${spot}`);
  }

  /** A count of what was lost tells no time; of a bound that was met, or of a tool that ended, it is told soon after it began. */
  function noteMissed({ state, lost, blindTo, at, source }: SourceEvent, said: string): void {
    const own = gaps.get(said) ?? [];
    gaps.set(said, own);
    const toldAt = parseMicros(at);
    if (state === 'started')
      for (const gap of own) if (toldAt > gap.toldAt) gap.until = Math.min(gap.until, toldAt);
    const sinceEver = (lost ?? 0) > 0;
    const sinceShortly = state === 'failed' || (state === 'limited' && blindTo === undefined);
    if (!sinceEver && !sinceShortly) return;
    const since = sinceEver ? -Infinity : toldAt - toldWithin(source);
    own.push({ since, toldAt, until: Infinity });
  }

  const hours: WitnessNotes['hours'] = (align) => ({
    capturedUntil(node) {
      const said = `capture ${node}`;
      const heard = lastHeard.get(said);
      // It stops a while after the last packet that it keeps.
      const at = heard === stopped.get(said) ? (readUntil.get(said) ?? heard) : heard;
      const until = at === undefined ? Number.NEGATIVE_INFINITY : parseMicros(align({ node, at }).at);
      const lostPackets = limited.has(said) ? Number.POSITIVE_INFINITY : (lost.get(said) ?? 0);
      return { until, lost: lostPackets, keptFor: begun.has(said) ? keptFor : Number.POSITIVE_INFINITY };
    },
    ran: (source, node) => sources.has(node === null ? source : `${source} ${node}`),
    blind: (source, spot, node) => blind.has(`${source} ${spot}${node === null ? '' : ` ${node}`}`),
    tracksElsewhere: (node) => (node === null ? tracksElsewhere.size > 0 : tracksElsewhere.has(node)),
    lastHeard: (source, node) => parseMicros(lastHeard.get(`${source} ${node}`) ?? ''),
    firstHeard: (source, node) => parseMicros(firstHeard.get(`${source} ${node}`) ?? ''),
    heardUntil: (node) => parseMicros(heardUntil.get(node) ?? ''),
    lastRoundSince: (source, node) => parseMicros(lastRound.get(`${source} ${node}`) ?? ''),
    mayHaveMissed: (source, node, from, to) =>
      (gaps.get(`${source} ${node}`) ?? []).some(({ since, until }) => since <= to && until >= from),
    toldAfter(source, node, at) {
      const last = lastHeard.get(`${source} ${node}`);
      return last !== undefined && parseMicros(align({ node, at: last }).at) > at;
    },
    missed(source, node, from, to) {
      const said = `${source} ${node}`;
      const time = (at: string) => parseMicros(align({ node, at }).at);
      const [first, end] = [begun.get(said), stopped.get(said)];
      if (first !== undefined && time(first) > from) return true;
      // What says something later was begun anew.
      if (end === undefined || lastHeard.get(said) !== end) {
        // Nor has who runs, of what came after its last reading: the next one will tell.
        const soFar = readSoFar.get(said) ?? '';
        return soFar !== '' && time(soFar) < to;
      }
      // Who reads now and then saw nothing after its last reading, however long it took to stop.
      return time(readUntil.get(said) ?? end) < to;
    },
  });

  return { note, hours };
}

function later(stamps: Map<string, string>, key: string, at: string): void {
  if (at > (stamps.get(key) ?? '')) stamps.set(key, at);
}

/**
 * A capture looks at its packets in batches, a second of them at most, and may be as much behind on a busy machine. The witnesses of
 * kernels and sockets look at what they lost with each look for pods, or list.
 */
const toldWithin = (source: string): Micros =>
  source === 'kernel-events' || source === 'sockets' ? 12_000_000 : 2_500_000;

/** What an observer of ours keeps of a flow after its last trouble: a RST, or what was sent again; a file of others has all. */
const keptFor: Micros = 2_000_000;
