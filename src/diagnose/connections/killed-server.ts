// A server whose process was killed: its kernel says goodbye in order, in the name of a program that had not meant to go. What a client
// asks later is answered with a RST, and lost. Only where the server's kernel told of the kill; any other goodbye is a program's own.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { Tuple } from '../../model/node-event.ts';
import { obeyedWithin } from './closed-unanswered.ts';
import { destroyedAt } from './destroyed-at.ts';
import { localEnd, otherEnd } from './ends-of-tuple.ts';
import type { SocketEvent, TupleEvent } from './kernel-index.ts';
import type { NodeTimeline } from './node-timeline.ts';
import { kindOfReset } from './sent-reset.ts';
import { between } from './time-range.ts';
import { isSameEnd } from './told-by-kernels.ts';

/** Sockets of a process are closed one after the other as it ends. */
const closesAllWithin: Micros = 30_000_000;
/** A goodbye that was lost is sent again soon; one that was not is there at once. */
const onTheWay: Micros = 2_000_000;
/** A line may be stamped so much too early or late. */
const stampedWithin: Micros = 5_000;
const mostCrossings = 3;

/** The process that closed the end was killed, and what it had is closed since. */
export const wasKilled = (event: TupleEvent, nodes: NodeTimeline): boolean =>
  (nodes.kernel.endsOf(event) ?? []).some(
    ({ at, tracepoint, number }) =>
      at <= event.at &&
      parseMicros(event.at) - parseMicros(at) <= closesAllWithin &&
      (tracepoint === 'oom-victim' || (tracepoint === 'signal' && number === 9)),
  );

/** Both ends of one connection under each of their names, as formatEndpoint writes them. */
interface Ends {
  readonly client: Iterable<string>;
  readonly server: ReadonlySet<string>;
}

/** The server's end as it was closed for a process that was killed, by the goodbye that came at that time; undefined for any other. */
export function closeOfKilled(ends: Ends, goodbyeAt: Micros, nodes: NodeTimeline): TupleEvent | undefined {
  const until = goodbyeAt + nodes.clockError + stampedWithin;
  for (const end of ends.client) {
    const close = between(nodes.kernel.of(end), goodbyeAt - onTheWay, until).findLast(
      (event) =>
        event.tracepoint === 'set-state' &&
        event.context === 'process' &&
        event.state === 'ESTABLISHED' &&
        event.newState === 'FIN_WAIT1' &&
        otherEnd(event.tuple) === end &&
        ends.server.has(localEnd(event.tuple)),
    );
    if (close !== undefined) return wasKilled(close, nodes) ? close : undefined;
  }
  return undefined;
}

/**
 * Whether a client asked something of a server that had been killed, and not at once, as one does that says goodbye in its turn.
 *
 * @param goodbye The client's end as it heard of it.
 * @param reset The RST that came to the client while it had not closed yet.
 * @param end What the client's socket knew at its end, where that is told.
 */
export function askedTheKilled(
  goodbye: TupleEvent,
  reset: TupleEvent,
  end: SocketEvent | undefined,
  nodes: NodeTimeline,
): boolean {
  const [goodbyeAt, resetAt] = [parseMicros(goodbye.at), parseMicros(reset.at)];
  if (resetAt - goodbyeAt < obeyedWithin) return false;
  const close = closeOfKilled(endsOf(reset.tuple, resetAt, nodes), goodbyeAt, nodes);
  if (close === undefined) return false;
  // A keep-alive, too, is answered with a RST by a kernel without a socket; what is left of one answers data alone.
  const asked = end === undefined ? undefined : lastAsked(end, nodes);
  if (asked !== undefined) return asked - goodbyeAt >= obeyedWithin;
  const near = between(nodes.kernel.of(otherEnd(close.tuple)), resetAt - onTheWay, resetAt + onTheWay);
  return near.some(
    (event) =>
      event.tracepoint === 'send-reset' && isSameEnd(event, close) && kindOfReset(event) === 'closed',
  );
}

/** When the client last sent data, long ago where something came since; undefined where that is not told to the moment. */
function lastAsked({ cookie, node, tuple, lastSentMs, lastData }: SocketEvent, nodes: NodeTimeline) {
  const endedAt = destroyedAt({ node, cookie }, nodes.kernel.of(localEnd(tuple)));
  if (endedAt === undefined || lastSentMs === null) return undefined;
  return lastData === 'sent' ? endedAt - lastSentMs * 1_000 : Number.NEGATIVE_INFINITY;
}

/** @param tuple As the client's own socket has it. */
function endsOf(tuple: Tuple, until: Micros, nodes: NodeTimeline): Ends {
  const [client, server] = [new Set([localEnd(tuple)]), new Set([otherEnd(tuple)])];
  let way = tuple;
  for (let crossing = 0; crossing < mostCrossings; crossing += 1) {
    const entries = nodes.entries.find(way.src, way.sport, way.dst, way.dport);
    const entry = entries.findLast(({ madeAt }) => madeAt <= until);
    if (entry === undefined) break;
    const { src, sport, dst, dport } = entry.reply;
    way = { src: dst, sport: dport, dst: src, dport: sport };
    client.add(formatEndpoint({ address: dst, port: dport }));
    server.add(formatEndpoint({ address: src, port: sport }));
  }
  return { client, server };
}
