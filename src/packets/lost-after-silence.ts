// How long a connection had said nothing when it was used again and that was its end, and what others between the same two ends survived:
// what forgets idle connections on the way has a bound between the two.
import { formatMicros, type Micros } from '../model/clock.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { SilenceEvent, Tuple } from '../model/node-event.ts';
import type { CapturedPacket } from './captured-packet.ts';
import type { PacketOrigin } from './packet-origin.ts';
import { tcpFlags } from './tcp-packet.ts';
import { tupleOf, type Way } from './way.ts';

/** All connections between an address and what it dialled, as far as packets of the capture's own time tell of them. */
interface SilencesBetween {
  readonly client: string;
  /** As formatEndpoint writes it. */
  readonly server: string;
  /** Connections that ended when they were used again, and the shortest silence before that. */
  readonly lost: number;
  readonly shortestLost: Micros;
  /** The longest silences that others survived, one of each that did not end so, the longest first; not of all where there are many. */
  readonly lived: readonly Micros[];
  /** The longest that any survived, also of those that were lost later. */
  readonly longestSurvived: Micros;
}

export interface LostAfterSilence extends SilencesBetween {
  readonly at: Micros;
  /** From whom what was said last. */
  readonly tuple: Tuple;
  readonly silence: Micros;
  readonly ended: 'reset' | 'unanswered';
}

export interface SilenceCounter {
  /** Packets of all flows, those without data, too, in the order in which they passed. */
  add(packet: Passing): void;
  /** Tells of those that are not told of yet. To be called once. */
  end(): void;
}

type Passing = Pick<CapturedPacket, 'at' | 'tcp' | 'flow' | 'seenBefore'>;

/** Said and not acknowledged yet. */
interface Asked {
  readonly way: Way;
  /** The number that an answer acknowledges. */
  readonly end: number;
  /** Before it was said; null where the capture began in it. */
  readonly silence: Micros | null;
  /** How often it was said again. */
  again: number;
}

interface Flow {
  readonly between: Between | null;
  lastAt: Micros;
  asked: Asked | null;
  /** The longest silence; -1 while none was. */
  survived: Micros;
  /** It ended, or was told of as lost. */
  isOver: boolean;
  /** Since it was last looked at for being forgotten. */
  wasUsed: boolean;
}

interface Between {
  readonly client: string;
  readonly server: string;
  readonly living: Set<Flow>;
  /** Of those that ended otherwise, or are forgotten. */
  past: Micros[];
  longestSurvived: Micros;
  lost: number;
  shortestLost: Micros;
  /** The last that was not told of. */
  untold: LostAfterSilence | null;
  /** Others may be counted anew under the same names: what its own would say is a part of it. */
  isForgotten: boolean;
}

/** Twice in vain: more than half a second, and nothing that forgets is ever reminded by that. */
const enoughRepetitions = 2;
const mostFlows = 50_000;
const mostPairs = 10_000;
const mostLived = 64;
/** Each is told with what all others survived. */
const toldPerSecond = 50;
/** Clients take the higher ports where nobody saw who began. A convention; two of these alike tell nothing. */
const clientsPorts = 32_768;

export function createSilenceCounter(onLost: (lost: LostAfterSilence) => void): SilenceCounter {
  const flows = new Map<string, Flow>();
  const pairs = new Map<string, Between>();
  let [second, told] = [0, 0];

  const betweenOf = (ends: Ends): Between => {
    const key = `${ends.client} ${ends.server}`;
    const known = pairs.get(key) ?? {
      ...ends,
      ...{ living: new Set<Flow>(), past: [], longestSurvived: -1, isForgotten: false },
      ...{ lost: 0, shortestLost: Number.POSITIVE_INFINITY, untold: null },
    };
    // Whoever connected last stands last.
    pairs.delete(key);
    pairs.set(key, known);
    for (const [oldest, one] of pairs) {
      if (pairs.size <= mostPairs) break;
      one.isForgotten = true;
      pairs.delete(oldest);
    }
    return known;
  };
  const settle = (flow: Flow) => {
    const { between, survived } = flow;
    flow.isOver = true;
    if (between === null || !between.living.delete(flow)) return;
    between.past.push(survived);
    if (between.past.length > 2 * mostLived) between.past = longestOf(between.past);
  };
  const forgetSome = () => {
    let forgotten = 0;
    for (const [key, flow] of flows) {
      flows.delete(key);
      if (!flow.wasUsed) {
        settle(flow);
        forgotten += 1;
        if (forgotten === mostFlows / 16) return;
        continue;
      }
      flow.wasUsed = false;
      flows.set(key, flow);
    }
  };
  const lose = (flow: Flow, { way, silence }: Asked, at: Micros, ended: LostAfterSilence['ended']) => {
    const { between } = flow;
    flow.isOver = true;
    if (between === null || silence === null || between.isForgotten) return;
    between.living.delete(flow);
    between.lost += 1;
    between.shortestLost = Math.min(between.shortestLost, silence);
    const { client, server, lost, shortestLost, longestSurvived } = between;
    if (Math.abs(at - second) >= 1e6) [second, told] = [at, 0];
    told += 1;
    const mayTell = told <= toldPerSecond;
    const one = {
      ...{ at, tuple: tupleOf(way), silence, ended, client, server, lost, shortestLost, longestSurvived },
      lived: mayTell ? livedOf(between) : [],
    };
    between.untold = mayTell ? null : one;
    if (mayTell) onLost(one);
  };
  const answered = (flow: Flow, { silence }: Asked) => {
    flow.asked = null;
    const { between } = flow;
    if (silence === null || between === null) return;
    flow.survived = Math.max(flow.survived, silence);
    between.longestSurvived = Math.max(between.longestSurvived, silence);
    between.living.add(flow);
  };

  const open = ({ at, tcp, flow: key }: Passing, isSyn: boolean, hasAck: boolean): Flow => {
    const ends = endsOf(tupleOf(tcp.way), isSyn, hasAck);
    const flow: Flow = {
      between: ends === null ? null : betweenOf(ends),
      // What came before a capture is not known.
      ...{ lastAt: isSyn ? at : Number.NaN, asked: null, survived: -1, isOver: false, wasUsed: false },
    };
    flows.set(key, flow);
    if (flows.size > mostFlows) forgetSome();
    return flow;
  };
  const look = (flow: Flow, { at, tcp, seenBefore }: Passing) => {
    const { way, flags, seq, ack, payloadLength } = tcp;
    const { asked } = flow;
    if ((flags & tcpFlags.rst) !== 0) {
      if (asked === null) flow.between?.living.delete(flow);
      else lose(flow, asked, at, 'reset');
      flow.isOver = true;
      return;
    }
    const hasAck = (flags & tcpFlags.ack) !== 0;
    if (asked !== null && asked.way !== way && hasAck && ((ack - asked.end) | 0) >= 0) answered(flow, asked);
    if ((flags & tcpFlags.fin) !== 0) {
      // Who leaves what it said in vain had waited for the answer.
      if (flow.asked?.way === way && flow.asked.again > 0) lose(flow, flow.asked, at, 'unanswered');
      else settle(flow);
      return;
    }
    if (payloadLength === 0) return;
    const end = (seq + payloadLength) >>> 0;
    if (flow.asked?.way === way) {
      if (((end - flow.asked.end) | 0) <= 0) flow.asked.again = Math.max(flow.asked.again, seenBefore);
      if (flow.asked.again >= enoughRepetitions) lose(flow, flow.asked, at, 'unanswered');
    } else if (flow.asked === null && seenBefore === 0) {
      const silence = at - flow.lastAt;
      flow.asked = { way, end, silence: silence >= 0 ? silence : null, again: 0 };
    }
  };

  return {
    add(packet) {
      const { at, tcp, flow: key, seenBefore } = packet;
      const isSyn = (tcp.flags & tcpFlags.syn) !== 0;
      const hasAck = (tcp.flags & tcpFlags.ack) !== 0;
      let flow = flows.get(key);
      if (flow !== undefined && isSyn && !hasAck && seenBefore === 0 && flow.lastAt < at - sameMoment) {
        settle(flow);
        flow = undefined;
      }
      flow ??= open(packet, isSyn, hasAck);
      flow.wasUsed = true;
      if (!flow.isOver) look(flow, packet);
      flow.lastAt = at;
    },
    end() {
      for (const between of pairs.values())
        if (between.untold !== null) onLost({ ...between.untold, lived: livedOf(between) });
    },
  };
}

/** The copies of a packet on the interfaces of a node. */
const sameMoment: Micros = 100_000;

const longestOf = (silences: readonly Micros[]): Micros[] =>
  silences.toSorted((a, b) => b - a).slice(0, mostLived);

const livedOf = ({ living, past }: Between): Micros[] =>
  longestOf([...past, ...[...living].map(({ survived }) => survived)]);

type Ends = Pick<Between, 'client' | 'server'>;

/** Null where nothing tells which of the two is the client. */
function endsOf({ src, sport, dst, dport }: Tuple, isSyn: boolean, hasAck: boolean): Ends | null {
  const isFromClient = isSyn ? !hasAck : sport > dport;
  if (!isSyn && Math.min(sport, dport) >= clientsPorts) return null;
  return isFromClient
    ? { client: src, server: formatEndpoint({ address: dst, port: dport }) }
    : { client: dst, server: formatEndpoint({ address: src, port: sport }) };
}

/** As an event of the node, whose text says it in words. */
export function silenceEvent(
  one: LostAfterSilence,
  { node, file }: Omit<PacketOrigin, 'nameOf'>,
): SilenceEvent {
  const { at, tuple, silence, ended, client, server, lost, shortestLost, lived, longestSurvived } = one;
  const { src, sport, dst, dport } = tuple;
  const end = ended === 'reset' ? 'was reset' : 'got no answer';
  return {
    event: 'lost-after-silence',
    at: formatMicros(Math.floor(at)),
    source: 'capture',
    text:
      `${src}.${sport} > ${dst}.${dport} ${end} when it was used after ${seconds(silence)}; so far ${lost} from ${client} to ${server} ended ` +
      `so, after ${seconds(shortestLost)} or more; ${lived.length} others survived ${seconds(lived[0] ?? 0)} at most`,
    ...{ node, file, tuple, ended, client, server, lost },
    silenceMs: silence / 1_000,
    shortestLostMs: shortestLost / 1_000,
    livedMs: lived.map((micros) => micros / 1_000),
    longestSurvivedMs: Math.max(0, longestSurvived) / 1_000,
  };
}

const seconds = (micros: Micros): string => `${(micros / 1e6).toFixed(3)} s of silence`;
