// What was told of single connections, held as long as it may be needed: while they live, and for a while after. All legs of a
// connection are one, whatever translation made of its addresses on the way.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { NodeEvent, PacketEvent } from '../../model/node-event.ts';
import { cookieOf, flowKey, tuplesOf } from './flow-keys.ts';
import { createLegJoiner } from './leg-joiner.ts';
import { createResetMemory } from './reset-memory.ts';
import type { Signal } from './loss-signals.ts';
import { createTimeList } from './time-list.ts';

/** One connection with all its legs, or several that had the same ends one after the other. */
export interface HeldFlow {
  readonly keys: Set<string>;
  readonly addresses: Set<string>;
  readonly ports: Set<number>;
  /** As they came. */
  readonly events: NodeEvent[];
  bytes: number;
  /** Counts what was told, so that nothing new is known from nothing new. */
  version: number;
  firstAt: Micros;
  lastAt: Micros;
  /** When it was in trouble first and last: sent again, reset, refused. Null for never. */
  troubledAt: Micros | null;
  lastTroubleAt: Micros;
  isGone: boolean;
  /** What it became a part of; null while it is one for itself. */
  joined: HeldFlow | null;
}

export interface HeldFlows {
  /** Undefined for what belongs to no connection that can be told. */
  take(event: NodeEvent, signal: Signal | null): HeldFlow | undefined;
  find(key: string): HeldFlow | undefined;
  /** In order of their first trouble, as far as they are held, the latest `most` of them. */
  troubled(from: Micros, to: Micros, most?: number): readonly HeldFlow[];
  /** RSTs of that time, the latest `most` of them. */
  resetsWithin(from: Micros, to: Micros, most: number): readonly PacketEvent[];
  /** Lets go of what is too old or too much, but not of what was never judged, nor, for its age, of what is to be judged again. */
  forget(now: Micros, times: Waiting): void;
  readonly bytes: number;
  readonly size: number;
}

/** What is still to be judged. */
interface Waiting {
  isWaiting(flow: HeldFlow): boolean;
  /** For the first time. */
  isFresh(flow: HeldFlow): boolean;
}

interface HoldingBounds {
  readonly keepMs: number;
  readonly mostBytes: number;
}

/** What ended in order may still be asked for by a loss just before: microseconds. */
const linger: Micros = 15_000_000;
/** No connection has more legs; more are many connections by one translated port. */
const mostKeys = 24;
/** A connection says no more of itself than this; more is a flood. */
const mostEvents = 3_000;

/** Of one socket, and of sockets whose ends nobody names. */
const [mostStrays, mostStraySockets] = [8, 5_000];

/** Roughly, in memory. */
const sizeOf = (event: NodeEvent): number => (event.event === 'packet' ? 900 : 600 + 2 * event.text.length);

/** @param onJoin Told when two turn out to be legs of one. */
export function createHeldFlows(
  { keepMs, mostBytes }: HoldingBounds,
  onJoin: (from: HeldFlow, into: HeldFlow) => void = () => undefined,
): HeldFlows {
  const byKey = new Map<string, HeldFlow>();
  const byCookie = new Map<string, HeldFlow>();
  const strays = new Map<string, NodeEvent[]>();
  // Who was heard of last stands last.
  const [live, gone, inTrouble] = [new Set<HeldFlow>(), new Set<HeldFlow>(), new Set<HeldFlow>()];
  const troubles = createTimeList<HeldFlow>();
  const resets = createTimeList<PacketEvent>();
  const legs = createLegJoiner();
  const threads = createResetMemory();
  let bytes = 0;

  function made(at: Micros): HeldFlow {
    return {
      ...{ keys: new Set(), addresses: new Set(), ports: new Set(), events: [], bytes: 0, version: 0 },
      ...{ firstAt: at, lastAt: at, troubledAt: null, lastTroubleAt: at, isGone: false, joined: null },
    };
  }

  function join(one: HeldFlow, other: HeldFlow): HeldFlow {
    if (one === other) return one;
    if (one.keys.size + other.keys.size > mostKeys) return one;
    const [into, from] = one.events.length >= other.events.length ? [one, other] : [other, one];
    for (const key of from.keys) byKey.set(key, into);
    for (const key of from.keys) into.keys.add(key);
    for (const address of from.addresses) into.addresses.add(address);
    for (const port of from.ports) into.ports.add(port);
    into.events.push(...from.events);
    into.bytes += from.bytes;
    into.version += 1;
    into.firstAt = Math.min(into.firstAt, from.firstAt);
    into.lastAt = Math.max(into.lastAt, from.lastAt);
    into.lastTroubleAt = Math.max(into.lastTroubleAt, from.lastTroubleAt);
    if (into.troubledAt === null && from.troubledAt !== null) noteTrouble(into, from.troubledAt);
    into.isGone &&= from.isGone;
    from.joined = into;
    from.events.length = 0;
    for (const set of [live, gone, inTrouble]) set.delete(from);
    onJoin(from, into);
    return into;
  }

  function noteTrouble(flow: HeldFlow, at: Micros): void {
    flow.lastTroubleAt = Math.max(flow.lastTroubleAt, at);
    if (flow.troubledAt !== null) return;
    flow.troubledAt = at;
    troubles.add(flow, at);
  }

  function touch(flow: HeldFlow): void {
    for (const set of [live, gone, inTrouble]) set.delete(flow);
    (flow.troubledAt !== null ? inTrouble : flow.isGone ? gone : live).add(flow);
  }

  function find(event: NodeEvent, at: Micros): HeldFlow | undefined {
    const tuples = tuplesOf(event);
    const cookie = cookieOf(event);
    let flow = cookie === null ? undefined : rootOf(byCookie.get(cookie));
    const reset = flow === undefined ? threads.resetOf(event, at) : undefined;
    if (reset !== undefined) flow = byKey.get(flowKey(reset));
    if (tuples.length === 0 && flow === undefined) {
      if (cookie !== null) stray(cookie, event);
      return undefined;
    }
    for (const tuple of tuples) {
      const key = flowKey(tuple);
      const known = byKey.get(key);
      if (known !== undefined) flow = flow === undefined ? known : join(flow, known);
      flow ??= made(at);
      if (byKey.get(key) === undefined) byKey.set(key, flow);
      flow.keys.add(key);
      flow.addresses.add(tuple.src).add(tuple.dst);
      flow.ports.add(tuple.sport).add(tuple.dport);
    }
    if (event.event === 'packet' && flow !== undefined) {
      const other = byKey.get(legs.seen(event, at) ?? '');
      if (other !== undefined) flow = join(other, flow);
    }
    if (cookie !== null && flow !== undefined && byCookie.get(cookie) !== flow) {
      byCookie.set(cookie, flow);
      for (const one of strays.get(cookie) ?? []) hold(flow, one);
      strays.delete(cookie);
    }
    return flow;
  }

  /** It names no connection; another line of its socket may do so soon. */
  function stray(cookie: string, event: NodeEvent): void {
    const own = strays.get(cookie) ?? [];
    strays.set(cookie, own);
    if (own.length < mostStrays) own.push(event);
    for (const [oldest] of strays) {
      if (strays.size <= mostStraySockets) return;
      strays.delete(oldest);
    }
  }

  function hold(flow: HeldFlow, event: NodeEvent): void {
    if (event.event === 'socket' && event.change === 'seen') {
      // A list says all that the one before it said, and is made again and again while it lives.
      const place = flow.events.findLastIndex(
        (other) =>
          other.event === 'socket' &&
          other.change === 'seen' &&
          other.cookie === event.cookie &&
          other.node === event.node &&
          other.tuple.src === event.tuple.src,
      );
      if (place !== -1) {
        flow.events[place] = event;
        return;
      }
    }
    if (isRepeated(event, flow) || flow.events.length >= mostEvents) return;
    const size = sizeOf(event);
    flow.events.push(event);
    flow.version += 1;
    flow.bytes += size;
    bytes += size;
  }

  function drop(flow: HeldFlow): void {
    for (const set of [live, gone, inTrouble]) set.delete(flow);
    for (const key of flow.keys) if (byKey.get(key) === flow) byKey.delete(key);
    for (const event of flow.events) {
      const cookie = cookieOf(event);
      if (cookie !== null && rootOf(byCookie.get(cookie)) === flow) byCookie.delete(cookie);
    }
    bytes -= flow.bytes;
    flow.events.length = 0;
    flow.bytes = 0;
  }

  return {
    take(event, signal) {
      const at = parseMicros(event.at);
      const flow = find(event, at);
      if (flow === undefined) return undefined;
      flow.lastAt = Math.max(flow.lastAt, at);
      if (signal === 'ended' || signal === 'again') noteTrouble(flow, at);
      if (event.event === 'conntrack') flow.isGone = signal === 'gone';
      else if (signal === 'gone') flow.isGone = true;
      if (event.event === 'packet' && event.flags.includes('R')) resets.add(event, at);
      hold(flow, event);
      touch(flow);
      return flow;
    },
    find: (key) => byKey.get(key),
    troubled: (from, to, most) =>
      troubles.between(from, to, most).filter((flow) => flow.joined === null && flow.events.length > 0),
    resetsWithin: (from, to, most) => resets.between(from, to, most),
    forget(now, times) {
      const oldest = now - keepMs * 1_000;
      const waits = (flow: HeldFlow) => times.isWaiting(flow);
      const isFresh = (flow: HeldFlow) => times.isFresh(flow);
      const dropWhile = (
        set: Set<HeldFlow>,
        isDue: (flow: HeldFlow) => boolean,
        isNeeded: (flow: HeldFlow) => boolean = waits,
      ) => {
        let heldBack = 0;
        for (const flow of set) {
          if (!isDue(flow) || heldBack > 64) return;
          if (isNeeded(flow)) heldBack += 1;
          else drop(flow);
        }
      };
      dropWhile(gone, ({ lastAt }) => lastAt < now - linger);
      dropWhile(inTrouble, ({ lastAt }) => lastAt < oldest);
      for (const set of [gone, inTrouble, live]) dropWhile(set, () => bytes > mostBytes, isFresh);
      troubles.forget(oldest);
      resets.forget(oldest);
    },
    get bytes() {
      return bytes;
    },
    get size() {
      return live.size + gone.size + inTrouble.size;
    },
  };
}

/** Of an entry that is known, what it became meanwhile says nothing that its beginning and its end do not. */
function isRepeated(event: NodeEvent, { events }: HeldFlow): boolean {
  if (event.event !== 'conntrack' || (event.change !== 'update' && event.change !== 'listed')) return false;
  const key = flowKey(event.original);
  const last = events.findLast(
    (other) => other.event === 'conntrack' && other.node === event.node && flowKey(other.original) === key,
  );
  return last?.event === 'conntrack' && last.change !== 'destroy';
}

function rootOf(flow: HeldFlow | undefined): HeldFlow | undefined {
  let root = flow;
  while (root !== undefined && root.joined !== null) root = root.joined;
  return root;
}
