// What kernels and lists of sockets told, found by the ends that each line names. A kernel forgets a socket's address as it aborts it:
// such a line is joined by the socket's cookie, or by the thread that had just told of the RST.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint, plainAddress } from '../../model/endpoint.ts';
import type { KernelEvent } from '../../model/kernel-event.ts';
import type { NodeEvent, Tuple } from '../../model/node-event.ts';
import { remember } from './remember.ts';

export type SocketEvent = Extract<NodeEvent, { event: 'socket' }>;
/** One that names both ends. */
export type TupleEvent = KernelEvent & { readonly tuple: Tuple };

export interface KernelIndex {
  /** Events that have this ADDRESS:PORT at either end, in order of time. */
  readonly of: (endpoint: string) => readonly TupleEvent[];
  /** Likewise what lists and ends of sockets tell; a peer that was forgotten is named again. */
  readonly socketsOf: (endpoint: string) => readonly SocketEvent[];
  /** RSTs of listeners, to whom the packet belonged to no connection: they name no peer. In order of time. */
  listenerResetsOn(node: string): readonly TupleEvent[];
  /** RSTs that kernels sent from this address and told of with both ends, in order of time. */
  resetsSentFrom(address: string): readonly TupleEvent[];
  /** Sockets of the node that were told of a RST, in order of time. */
  resetsReceivedOn(node: string): readonly TupleEvent[];
  /** Signals that end the process which a line is of, and its end, in order of time; undefined where nothing tells which it is. */
  endsOf(event: KernelEvent): readonly KernelEvent[] | undefined;
  /** The node whose kernel told of sockets with this address; null when those of several did, or none. */
  homeOf(address: string): string | null;
  /** All that name both ends, in order of time. */
  readonly events: readonly TupleEvent[];
}

/** In this time a thread goes through the end of one socket. */
const sameCall: Micros = 10_000;

/** Both in order of time. */
export function indexKernel(told: readonly KernelEvent[], sockets: readonly SocketEvent[]): KernelIndex {
  const byEnd = new Map<string, TupleEvent[]>();
  const socketsByEnd = new Map<string, SocketEvent[]>();
  const listenerResets = new Map<string, TupleEvent[]>();
  const received = new Map<string, TupleEvent[]>();
  const sentFrom = new Map<string, TupleEvent[]>();
  const ends = new Map<string, KernelEvent[]>();
  const homes = new Map<string, Set<string>>();
  const events: TupleEvent[] = [];
  const names = createTupleMemory();
  for (const event of told) {
    const ending = event.targetTask ?? event.target?.pid ?? null;
    if (ending !== null) remember(ends, `${event.node} ${ending}`, event);
    const printed = event.tuple === null ? null : plainTuple(event.tuple);
    if (printed === null) continue;
    if (event.tracepoint === 'send-reset' && event.state === 'LISTEN') {
      remember(listenerResets, event.node, { ...event, tuple: printed });
      continue;
    }
    const tuple = names.wholeOf(event, printed);
    if (tuple === undefined) continue;
    const whole = { ...event, tuple };
    events.push(whole);
    homes.set(tuple.src, (homes.get(tuple.src) ?? new Set()).add(event.node));
    for (const end of endsOfTuple(tuple)) remember(byEnd, end, whole);
    if (event.tracepoint === 'receive-reset') remember(received, event.node, whole);
    if (event.tracepoint === 'send-reset') remember(sentFrom, tuple.src, whole);
  }
  for (const event of sockets) {
    const printed = plainTuple(event.tuple);
    const tuple = isWhole(printed) ? printed : names.byCookie(event.cookie);
    if (tuple === undefined) continue;
    for (const end of endsOfTuple(tuple)) remember(socketsByEnd, end, { ...event, tuple });
  }
  return {
    of: (endpoint) => byEnd.get(endpoint) ?? [],
    socketsOf: (endpoint) => socketsByEnd.get(endpoint) ?? [],
    listenerResetsOn: (node) => listenerResets.get(node) ?? [],
    resetsSentFrom: (address) => sentFrom.get(address) ?? [],
    resetsReceivedOn: (node) => received.get(node) ?? [],
    endsOf(event) {
      const task = taskOf(event);
      return task === null ? undefined : (ends.get(`${event.node} ${task}`) ?? []);
    },
    homeOf(address) {
      const [only = null, another] = homes.get(address) ?? [];
      return another === undefined ? only : null;
    },
    events,
  };
}

/** The process by the kernel's own number; by its pid where an older observer wrote the line. */
const taskOf = ({ task, process }: KernelEvent): number | null => task ?? process?.pid ?? null;

/** Whether its own process sent the RST, in a system call: no packet is answered with it. */
const isActive = ({ tracepoint, context, packet }: KernelEvent): boolean =>
  tracepoint === 'send-reset' && context === 'process' && packet === null;

/** Which connection each cookie is of, and which one a thread has just reset. */
function createTupleMemory() {
  const byCookie = new Map<string, Tuple>();
  const lastReset = new Map<string, TupleEvent>();
  const ofThread = (event: KernelEvent) => `${event.node} ${taskOf(event) ?? ''}`;
  return {
    byCookie: (cookie: string | null): Tuple | undefined =>
      cookie === null ? undefined : byCookie.get(cookie),
    wholeOf(event: KernelEvent, printed: Tuple): Tuple | undefined {
      const { cookie, context, at } = event;
      if (isWhole(printed)) {
        if (cookie !== null) byCookie.set(cookie, printed);
        if (isActive(event)) lastReset.set(ofThread(event), { ...event, tuple: printed });
        return printed;
      }
      const known = cookie === null ? undefined : byCookie.get(cookie);
      if (known !== undefined) return known;
      const reset = context === 'process' ? lastReset.get(ofThread(event)) : undefined;
      const isIts =
        reset !== undefined &&
        reset.tuple.sport === printed.sport &&
        reset.tuple.dst === printed.dst &&
        parseMicros(at) - parseMicros(reset.at) <= sameCall;
      if (!isIts) return undefined;
      if (cookie !== null) byCookie.set(cookie, reset.tuple);
      return reset.tuple;
    },
  };
}

const isNone = (address: string): boolean => address === '0.0.0.0' || address === '::';

const isWhole = ({ src, dst, sport, dport }: Tuple): boolean =>
  !isNone(src) && !isNone(dst) && sport !== 0 && dport !== 0;

/** A socket of both families calls an IPv4 end by its IPv6 form. */
const plainTuple = ({ src, dst, sport, dport }: Tuple): Tuple => ({
  src: plainAddress(src),
  dst: plainAddress(dst),
  sport,
  dport,
});

const endsOfTuple = ({ src, sport, dst, dport }: Tuple): readonly string[] => [
  formatEndpoint({ address: src, port: sport }),
  formatEndpoint({ address: dst, port: dport }),
];
