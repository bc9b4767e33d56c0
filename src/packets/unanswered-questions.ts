// Which flows end by FIN with a question unanswered, from the packets of a port that somebody serves, whatever protocol they speak.
//
// A question is data that the client sent. The server's last data answers what it acknowledges: whatever the client sent beyond that was not
// yet there when the server spoke last, and nothing answers it. What the server had received before it spoke counts as answered, since
// of several questions that it had at once only their protocol could tell.
import { tcpFlags, type TcpPacket } from './tcp-packet.ts';
import { tupleOf } from './way.ts';

export interface UnansweredQuestions {
  /**
   * Takes each packet, in the order in which they passed. True for a FIN that leaves a question unanswered: the server's in any case, the
   * client's when it had waited for an answer.
   */
  endsUnanswered(packet: QuestionPacket): boolean;
}

export interface QuestionPacket {
  readonly at: number;
  /** The same for both directions of a flow. */
  readonly flow: string;
  readonly tcp: Pick<TcpPacket, 'way' | 'flags' | 'seq' | 'ack' | 'payloadLength'>;
  readonly seenBefore: number;
}

/** A client that says goodbye, for which no answer is due, closes right behind it; one that gave up had waited. */
const waitedMicros = 100_000;
/** Flows whose question is open, at most; the oldest question is forgotten first. */
const usualMost = 20_000;

interface Question {
  /** The number behind the last byte that the client sent. */
  end: number;
  /** When that was first seen. */
  at: number;
}

/** `ports`: those of servers. A flow between two of them, and one of none, is nobody's question. */
export function createUnansweredQuestions(ports: ReadonlySet<number>, most = usualMost): UnansweredQuestions {
  const open = new Map<string, Question>();

  const ask = ({ at, flow, tcp: { seq, payloadLength }, seenBefore }: QuestionPacket) => {
    const end = (seq + payloadLength) >>> 0;
    const question = open.get(flow);
    if (question !== undefined) {
      if (isBehind(end, question.end)) [question.end, question.at] = [end, at];
      return;
    }
    // Of what is sent again the answer may have passed.
    if (seenBefore > 0) return;
    open.set(flow, { end, at });
    const [oldest] = open.keys();
    if (open.size > most && oldest !== undefined) open.delete(oldest);
  };
  const answer = ({ flow, tcp: { ack } }: QuestionPacket) => {
    const question = open.get(flow);
    if (question !== undefined && !isBehind(question.end, ack)) open.delete(flow);
  };

  return {
    endsUnanswered(packet) {
      const { at, flow, tcp } = packet;
      const isFin = (tcp.flags & tcpFlags.fin) !== 0;
      if (tcp.payloadLength === 0 && !isFin && (tcp.flags & endsOrBegins) === 0) return false;
      const { sport, dport } = tupleOf(tcp.way);
      const isServers = ports.has(sport);
      if (isServers === ports.has(dport)) return false;
      if (tcp.payloadLength > 0) (isServers ? answer : ask)(packet);
      const question = open.get(flow);
      if (isFin || (tcp.flags & endsOrBegins) !== 0) open.delete(flow);
      if (!isFin || question === undefined) return false;
      return isServers || at - question.at >= waitedMicros;
    },
  };
}

const endsOrBegins = tcpFlags.rst | tcpFlags.syn;

/** Numbers begin anew after 2^32. */
const isBehind = (one: number, other: number): boolean => ((one - other) | 0) > 0;
