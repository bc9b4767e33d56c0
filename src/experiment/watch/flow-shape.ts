// What a connection's events have in common with those of another: connections of one shape, at one server and of one client's address,
// ended in the same way, each at its own moment.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { plainAddress, type Endpoint } from '../../model/endpoint.ts';
import type { NodeEvent, Tuple } from '../../model/node-event.ts';

/** Of two connections with the same `key`, what stands at the same place of these lists was the same thing. */
export interface FlowShape {
  readonly key: string;
  /** When each of its events was. */
  readonly times: readonly Micros[];
  /** The ends of all its legs. */
  readonly ends: readonly Endpoint[];
}

/** More events are a life of its own. */
const mostEvents = 200;
const second: Micros = 1_000_000;

/** @param events In any order; those of one witness are put in order of time. Undefined for what is like nothing else. */
export function shapeOf(events: readonly NodeEvent[]): FlowShape | undefined {
  if (events.length === 0 || events.length > mostEvents) return undefined;
  const inOrder = events.toSorted((a, b) => compare(a.event, b.event) || compare(a.at, b.at));
  const ends: Endpoint[] = [];
  const named: string[] = [];
  const endOf = (address: string, port: number, isFixed: boolean): number => {
    const plain = plainAddress(address);
    const known = ends.findIndex((end) => end.address === plain && end.port === port);
    if (known !== -1) return known;
    ends.push({ address: plain, port });
    // Clients take another port for each connection, mostly a high one: where that is not so, nothing is alike.
    named.push(isFixed ? `${plain} ${port}` : plain);
    return ends.length - 1;
  };
  const way = ({ src, sport, dst, dport }: Tuple) =>
    `${endOf(src, sport, sport <= dport)}>${endOf(dst, dport, dport < sport)}`;
  const times = inOrder.map(({ at }) => parseMicros(at));
  const words = inOrder.map((event, index) => {
    const isFirst = inOrder[index - 1]?.event !== event.event;
    const gap = isFirst ? 0 : (times[index] ?? 0) - (times[index - 1] ?? 0);
    // For how long it was idle matters, and not how long a packet took.
    const rest = gap < second ? 0 : 1 + Math.floor(Math.log2(gap / second));
    return `${wordOf(event, way)}${rest}`;
  });
  return { key: [...words, ...named].join('\n'), times, ends };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** All of an event that a fact may rest on, without its numbers, its moment, and its ports. */
function wordOf(event: NodeEvent, way: (tuple: Tuple) => string): string {
  switch (event.event) {
    case 'packet': {
      const { interface: link, direction, flags, ttl, payloadLength, window, retransmission } = event;
      const { hasTimestampOption, tuple } = event;
      const form = `${Number(payloadLength > 0)}${Number(window > 0)}${String(hasTimestampOption)}`;
      return `p ${way(tuple)} ${link} ${direction} ${flags} ${ttl} ${form} ${Number(retransmission)} `;
    }
    case 'kernel': {
      const { tracepoint, context, state, newState, reason, number, process, task, stack, tuple } = event;
      const whose = context === 'process' ? `${process?.pid ?? ''} ${task ?? ''}` : '';
      const what = [tracepoint, context, state, newState, reason, number].join(' ');
      return `k ${tuple === null ? '' : way(tuple)} ${what} ${whose} ${event.packet === null} ${stack.join(' ')} `;
    }
    case 'socket': {
      const { change, state, process, unread, unsent, retransmissions, tuple } = event;
      const { lastSentMs: sent, lastReceivedMs: received } = event;
      const last = sent === null || received === null ? 'unknown' : Math.sign(sent - received);
      const left = [unread, unsent, retransmissions].map((count) => count !== null && count > 0);
      return `s ${way(tuple)} ${change} ${state} ${process?.pid ?? ''} ${last} ${left.join(' ')} `;
    }
    case 'conntrack': {
      const { change, protocol, state, original, reply, deletedByProgram } = event;
      return `c ${way(original)} ${way(reply)} ${change} ${protocol} ${state} ${deletedByProgram} `;
    }
    case 'icmp-error': {
      const { tuple, type, code, src, interface: link, direction } = event;
      return `i ${way(tuple)} ${type} ${code} ${src} ${link} ${direction} `;
    }
    default:
      return `${event.event} ${event.text} `;
  }
}
