// Decides which packets are kept: those of a flow in trouble, from 5 s before the trouble to 2 s after it.
import type { CapturedPacket } from './captured-packet.ts';
import { createLegIndex, type Sighting } from './flow-legs.ts';
import { wantAlso, windowAt, type Window } from './flow-windows.ts';
import { createPacketRing } from './packet-ring.ts';
import { createRecentStamps } from './recent-stamps.ts';
import { tcpFlags } from './tcp-packet.ts';
import { createUnansweredQuestions } from './unanswered-questions.ts';
import { createUndecided, type Undecided } from './undecided-packets.ts';

export interface KeeperBounds {
  readonly beforeMicros: number;
  readonly afterMicros: number;
  /** Bound on the memory of the packets before. */
  readonly ringBytes: number;
  /** Packets kept of one flow per window. */
  readonly packetsPerFlow: number;
  /** Flows that may begin a window, and packets that may be kept, within one second of the capture's time. */
  readonly flowsPerSecond: number;
  readonly packetsPerSecond: number;
  /** Packets kept in all. */
  readonly packetsInAll: number;
  /** Whether RSTs are kept beyond the bounds on flows and packets: for files, which end, while a flood on a node does not. */
  readonly everyReset: boolean;
  /** Of so many packets, one behind the other, the stamps may be in any order: what is of the time of one of them is of now. */
  readonly unordered: number;
  /** Ports of servers of which the data is captured: a flow of theirs that ends by FIN with a question unanswered is in trouble, too. */
  readonly servedPorts: ReadonlySet<number>;
}

export const defaultKeeperBounds: KeeperBounds = {
  beforeMicros: 5_000_000,
  afterMicros: 2_000_000,
  ringBytes: 32 * 1_048_576,
  packetsPerFlow: 2_000,
  flowsPerSecond: 200,
  packetsPerSecond: 10_000,
  packetsInAll: Infinity,
  everyReset: false,
  unordered: 0,
  servedPorts: new Set(),
};

/** What the bounds left out so far. */
export interface LeftOut {
  readonly packets: number;
  readonly flows: number;
  /** Packets that had to leave the memory before it was known whether they are wanted. */
  readonly crowdedOut: number;
  /** Packets beyond those that may be kept in all. */
  readonly beyondAll: number;
}

export interface FlowKeeper {
  add(packet: CapturedPacket): void;
  /** Somebody else knows that a flow is in trouble at that moment. Nothing comes of it where no packet of the flow is in memory. */
  trouble(flow: string, at: number): void;
  leftOut(): LeftOut;
}

/** Stamps may come this much late: a window that has just ended still takes its packets. */
const lateness = 2_000_000;
/** Whose windows are remembered; those of flows that were in trouble last. */
const mostInTrouble = 100_000;
/** Troubles between two searches for windows that are past: each steps over the places of those that are gone. */
const forgetEvery = 256;
/** No translated flow has more legs. */
const mostLegs = 16;

/** A flow, as long as packets of it are in memory or wanted. */
interface Flow {
  readonly key: string;
  /** Packets in memory. */
  held: number;
  readonly undecided: Undecided<Held>;
  readonly windows: Window[];
  readonly legs: Flow[];
}

interface Held extends Sighting<Flow> {
  younger: Held | null;
}

/**
 * A packet is handed to `onKeep` once, as soon as it is known that it is wanted: the packets before a trouble together with it, those
 * after it as they come. The packets of one flow come in the order in which they were added; only where stamps lie out of order
 * some come later, when they are found to be wanted. What a packet costs does not depend on how many are in memory.
 */
export function createFlowKeeper(bounds: KeeperBounds, onKeep: (packet: CapturedPacket) => void): FlowKeeper {
  const flows = new Map<string, Flow>();
  // Those with windows; who was in trouble last stands last.
  const inTrouble = new Set<Flow>();
  const questions = bounds.servedPorts.size === 0 ? undefined : createUnansweredQuestions(bounds.servedPorts);
  const recent = createRecentStamps(bounds.unordered);
  let second = 0;
  let troubles = 0;
  let begunThisSecond = 0;
  let keptThisSecond = 0;
  let keptInAll = 0;
  const left = { packets: 0, flows: 0, crowdedOut: 0, beyondAll: 0 };

  const legs = createLegIndex<Flow>(joinLegs);
  const ring = createPacketRing<Held>(
    {
      maxAgeMicros: bounds.beforeMicros + lateness,
      maxBytes: bounds.ringBytes,
      onDrop(held, isPast) {
        legs.remove(held);
        // Who was kept before loses nothing by leaving.
        if (held.flow.undecided.drop(held) && !isPast) left.crowdedOut += 1;
        held.flow.held -= 1;
        forgetIfIdle(held.flow);
      },
    },
    recent,
  );

  function flowOf({ flow: key }: CapturedPacket): Flow {
    const known = flows.get(key);
    if (known !== undefined) return known;
    const flow: Flow = { key, held: 0, undecided: createUndecided(), windows: [], legs: [] };
    flows.set(key, flow);
    return flow;
  }

  function forgetIfIdle(flow: Flow): void {
    if (flow.held > 0 || flow.windows.length > 0) return;
    flows.delete(flow.key);
    for (const leg of flow.legs) leg.legs.splice(leg.legs.indexOf(flow), 1);
  }

  function joinLegs(one: Flow, other: Flow): void {
    if (one.legs.includes(other) || one.legs.length >= mostLegs || other.legs.length >= mostLegs) return;
    one.legs.push(other);
    other.legs.push(one);
    const [ofOne, ofOther] = [[...one.windows], [...other.windows]];
    for (const { from, until } of ofOther) want(one, from, until);
    for (const { from, until } of ofOne) want(other, from, until);
  }

  /** A leg's window is its own: what is kept of it counts for it alone. */
  function want(flow: Flow, from: number, until: number): void {
    const added = wantAlso(flow.windows, from, until);
    if (added === undefined) return;
    inTrouble.delete(flow);
    inTrouble.add(flow);
    const before = flow.undecided.take(added.from, added.until);
    // Of a flow that says much, the last that it said before its trouble tell most, and its end has to find room, too.
    const surplus = Math.max(0, before.length - Math.ceil(bounds.packetsPerFlow / 2));
    left.packets += surplus;
    for (const held of before.slice(surplus)) keep(held.packet, windowAt(flow.windows, held.packet.at));
  }

  function keep(packet: CapturedPacket, window: Window | undefined): void {
    if (window === undefined) return;
    const isExempt = bounds.everyReset && isReset(packet);
    if (!isExempt && keptInAll >= bounds.packetsInAll) {
      left.beyondAll += 1;
      return;
    }
    // What opens and ends a connection is little, and tells most: it finds room when the rest does not.
    const more = isTelling(packet) ? 2 : 1;
    const isFull =
      window.kept >= more * bounds.packetsPerFlow || keptThisSecond >= more * bounds.packetsPerSecond;
    if (!isExempt && isFull) {
      left.packets += 1;
      return;
    }
    window.kept += 1;
    keptThisSecond += 1;
    keptInAll += 1;
    onKeep(packet);
  }

  const advance = (at: number) => {
    recent.add(at);
    // A clock that was set back begins a new second, too: else all that follows would belong to the old one.
    if (Math.abs(at - second) < 1_000_000) return;
    second = at;
    begunThisSecond = 0;
    keptThisSecond = 0;
  };

  const mayBegin = (): boolean => {
    begunThisSecond += 1;
    return begunThisSecond <= bounds.flowsPerSecond;
  };

  const takeTrouble = (at: number, isExempt: boolean, flow: Flow) => {
    if (windowAt(flow.windows, at) === undefined && !isExempt && !mayBegin()) {
      left.flows += 1;
      return;
    }
    const [from, until] = [at - bounds.beforeMicros, at + bounds.afterMicros];
    want(flow, from, until);
    for (const leg of flow.legs) want(leg, from, until);
    troubles += 1;
    if (troubles % forgetEvery === 0) forgetPast();
  };

  /** Who was in trouble first is asked first; one whose time is not past lets all after it wait. */
  const forgetPast = () => {
    for (const flow of inTrouble) {
      const isPast = flow.windows.every(({ from, until }) => recent.isFarFromAll(from, until, lateness));
      if (!isPast && inTrouble.size <= mostInTrouble) return;
      inTrouble.delete(flow);
      flow.windows.length = 0;
      forgetIfIdle(flow);
    }
  };

  return {
    add(packet) {
      const { at } = packet;
      advance(at);
      const flow = flowOf(packet);
      const held: Held = { packet, flow, hash: -1, younger: null };
      flow.held += 1;
      legs.add(held);
      const endsUnanswered = questions?.endsUnanswered(packet) === true;
      if (endsUnanswered || isTrouble(packet)) takeTrouble(at, bounds.everyReset && isReset(packet), flow);
      const window = windowAt(flow.windows, at);
      if (window === undefined) flow.undecided.add(held);
      else keep(packet, window);
      ring.add(held);
    },
    trouble(key, at) {
      const flow = flows.get(key);
      if (flow !== undefined) takeTrouble(at, false, flow);
    },
    leftOut: () => ({ ...left }),
  };
}

const isReset = ({ tcp: { flags } }: CapturedPacket): boolean => (flags & tcpFlags.rst) !== 0;

const isTelling = ({ tcp: { flags } }: CapturedPacket): boolean =>
  (flags & (tcpFlags.rst | tcpFlags.syn | tcpFlags.fin)) !== 0;

/** A RST, a SYN sent again, or data sent for the third time: the flow is worth its packets. */
function isTrouble(packet: CapturedPacket): boolean {
  return isReset(packet) || packet.seenBefore >= ((packet.tcp.flags & tcpFlags.syn) !== 0 ? 1 : 2);
}
