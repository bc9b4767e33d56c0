// A server that closes in order while a question waits for its answer. Without the protocol nobody knows that a question wants one; so it
// counts only where the server had answered before, closed first, and did not close at the question's heels, as one does that is told goodbye.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import type { SocketEvent, TupleEvent } from './kernel-index.ts';
import type { WireConnection } from './wire-connections.ts';

/** A goodbye is obeyed at once; a client that closes right behind it may be a little later than the server. */
export const obeyedWithin: Micros = 50_000;

/** The FIN of a server that left a question unanswered. At one place of its way everything is in order: where that FIN was seen first. */
export function finUnanswered({ packets, goesToClient }: WireConnection): PacketEvent | undefined {
  const fin = packets.find(isFin);
  if (fin === undefined || !goesToClient(fin) || fin.payloadLength > 0) return undefined;
  // A client that had not heard of it closed by itself.
  const clients = packets.find((packet) => isFin(packet) && !goesToClient(packet));
  if (clients !== undefined && !isBehind(clients.ack, fin.seq)) return undefined;
  const here = packets.slice(0, packets.indexOf(fin)).filter((packet) => isData(packet) && isAt(packet, fin));
  const question = here.at(-1);
  if (question === undefined || goesToClient(question) || !here.some(goesToClient)) return undefined;
  // What crossed the FIN is answered with a RST, and is another story.
  if (!isBehind(fin.ack, question.seq)) return undefined;
  const asked = here.find(({ seq }) => seq === question.seq) ?? question;
  return parseMicros(fin.at) - parseMicros(asked.at) >= obeyedWithin ? fin : undefined;
}

const isFin = ({ flags }: PacketEvent): boolean => flags.includes('F');
const isData = ({ payloadLength }: PacketEvent): boolean => payloadLength > 0;
const isAt = (a: PacketEvent, b: PacketEvent): boolean => a.node === b.node && a.interface === b.interface;
/** Numbers begin anew after 2^32. */
const isBehind = (one: number, other: number): boolean => ((one - other) | 0) > 0;

/**
 * The same by what the kernel told of one end: `close` is its change of state, of the server's own process or at the FIN that came to the
 * client, and `end` what its socket knew when it was destroyed. `wasKilled`: the server's process had no time to obey anybody.
 */
export function leftUnanswered(close: TupleEvent, end: SocketEvent, wasKilled: boolean): boolean {
  const { side, lastData, unread, bytesSent, bytesReceived, lastSentMs, lastReceivedMs } = end;
  const isServers = close.newState === 'FIN_WAIT1' && close.context === 'process';
  if (side !== (isServers ? 'server' : 'client')) return false;
  const [last, askedMs, answered] = isServers
    ? ['received', lastReceivedMs, bytesSent]
    : ['sent', lastSentMs, bytesReceived];
  // The peer's FIN counts as a byte.
  if (lastData !== last || askedMs === null || (answered ?? 0) <= 1 || unread !== 0) return false;
  // Its line is read late, by which the question seems younger than it was.
  const askedAt = parseMicros(end.at) - askedMs * 1_000;
  return wasKilled || parseMicros(close.at) - askedAt >= obeyedWithin;
}
