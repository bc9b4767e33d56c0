// What packets tell of silences that were survived, and of those that were not.
import type { Micros } from '../model/clock.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { Tuple } from '../model/node-event.ts';
import type { CapturedPacket } from './captured-packet.ts';
import {
  createSilencesBetween,
  isFromClient,
  type Ends,
  type LostAfterSilence,
  type Silent,
} from './silences-between.ts';
import { tcpFlags } from './tcp-packet.ts';
import { tupleOf, type Way } from './way.ts';

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
  readonly silent: Silent;
  lastAt: Micros;
  asked: Asked | null;
  /** Since it was last looked at for being forgotten. */
  wasUsed: boolean;
}

/** Twice in vain: more than half a second, and nothing that forgets is ever reminded by that. */
const enoughRepetitions = 2;
const mostFlows = 50_000;
/** The copies of a packet on the interfaces of a node. */
const sameMoment: Micros = 100_000;

export function createSilenceCounter(onLost: (lost: LostAfterSilence) => void): SilenceCounter {
  const flows = new Map<string, Flow>();
  const silences = createSilencesBetween(onLost);

  const forgetSome = () => {
    let forgotten = 0;
    for (const [key, flow] of flows) {
      flows.delete(key);
      if (!flow.wasUsed) {
        silences.drop(flow.silent);
        forgotten += 1;
        if (forgotten === mostFlows / 16) return;
        continue;
      }
      flow.wasUsed = false;
      flows.set(key, flow);
    }
  };
  const open = ({ at, tcp, flow: key }: Passing, isSyn: boolean, hasAck: boolean): Flow => {
    const silent = silences.open(endsOf(tupleOf(tcp.way), isSyn, hasAck), at);
    // What came before a capture is not known.
    const flow: Flow = { silent, lastAt: isSyn ? at : Number.NaN, asked: null, wasUsed: false };
    flows.set(key, flow);
    if (flows.size > mostFlows) forgetSome();
    return flow;
  };
  const lose = ({ silent }: Flow, { way, silence }: Asked, at: Micros, ended: LostAfterSilence['ended']) => {
    if (silence === null) silences.drop(silent);
    else silences.lose(silent, { at, tuple: tupleOf(way), silence, ended });
  };
  const look = (flow: Flow, { at, tcp, seenBefore }: Passing) => {
    const { way, flags, seq, ack, payloadLength } = tcp;
    const { asked } = flow;
    if ((flags & tcpFlags.rst) !== 0) {
      if (asked === null) silences.drop(flow.silent);
      else lose(flow, asked, at, 'reset');
      return;
    }
    const hasAck = (flags & tcpFlags.ack) !== 0;
    if (asked !== null && asked.way !== way && hasAck && ((ack - asked.end) | 0) >= 0) {
      if (asked.silence !== null) silences.answered(flow.silent, asked.silence, at);
      flow.asked = null;
    }
    if ((flags & tcpFlags.fin) !== 0) {
      // Who leaves what it said in vain had waited for the answer.
      if (flow.asked?.way === way && flow.asked.again > 0) lose(flow, flow.asked, at, 'unanswered');
      else silences.drop(flow.silent);
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
        silences.drop(flow.silent);
        flow = undefined;
      }
      flow ??= open(packet, isSyn, hasAck);
      flow.wasUsed = true;
      if (!flow.silent.isOver) look(flow, packet);
      flow.lastAt = at;
    },
    end: () => silences.end(),
  };
}

/** Null where nothing tells which of the two is the client. */
function endsOf(tuple: Tuple, isSyn: boolean, hasAck: boolean): Ends | null {
  const { src, sport, dst, dport } = tuple;
  const fromClient = isSyn ? !hasAck : isFromClient(tuple);
  if (fromClient === null) return null;
  return fromClient
    ? { client: src, server: formatEndpoint({ address: dst, port: dport }) }
    : { client: dst, server: formatEndpoint({ address: src, port: sport }) };
}
