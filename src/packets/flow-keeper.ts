// Decides which packets are kept: those of a flow in trouble, from 5 s before the trouble to 2 s after it.
import type { CapturedPacket } from './captured-packet.ts';
import { otherLegs } from './flow-legs.ts';
import { createPacketRing } from './packet-ring.ts';
import { tcpFlags } from './tcp-packet.ts';

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
  /** Whether RSTs are kept beyond the bounds on flows and packets: for files, which end, while a flood on a node does not. */
  readonly everyReset: boolean;
}

export const defaultKeeperBounds: KeeperBounds = {
  beforeMicros: 5_000_000,
  afterMicros: 2_000_000,
  ringBytes: 32 * 1_048_576,
  packetsPerFlow: 2_000,
  flowsPerSecond: 200,
  packetsPerSecond: 10_000,
  everyReset: false,
};

/** What the bounds left out so far. */
export interface LeftOut {
  readonly packets: number;
  readonly flows: number;
  readonly crowdedOut: number;
}

export interface FlowKeeper {
  add(packet: CapturedPacket): void;
  /**
   * Looks up what came before the troubles seen since the last call. To be called after each batch of packets; the keeper does it by
   * itself when the capture's time runs away from a trouble, for its packets would be too old to be remembered.
   */
  settle(): void;
  /** True while troubles wait for `settle`. */
  readonly unsettled: boolean;
  leftOut(): LeftOut;
}

/** Trouble may be settled this much later, by the capture's time: packets come in batches of a second. */
const settledWithin = 2_000_000;

/** The time around the troubles of one flow of which packets are kept. */
interface Window {
  from: number;
  until: number;
  kept: number;
}

/**
 * A packet is handed to `onKeep` once, as soon as it is known that it is wanted: the packets before a trouble together when it is
 * settled, those after it as they come. The packets of one flow come in the order in which they were added; only where
 * stamps lie out of order some come later, when they are found to be wanted.
 */
export function createFlowKeeper(bounds: KeeperBounds, onKeep: (packet: CapturedPacket) => void): FlowKeeper {
  const windows = new Map<string, Window>();
  // Kept or left out: no packet is looked at twice.
  const decided = new WeakSet<CapturedPacket>();
  // Windows of troubles that were not looked up yet, by flow.
  let pending = new Map<string, Window>();
  // The least and the greatest stamp of these troubles.
  let pendingFrom = Infinity;
  let pendingUntil = -Infinity;
  let now = 0;
  let latest = 0;
  let second = 0;
  let begunThisSecond = 0;
  let keptThisSecond = 0;
  let leftOutPackets = 0;
  let leftOutFlows = 0;

  const ring = createPacketRing({
    maxAgeMicros: bounds.beforeMicros + settledWithin,
    maxBytes: bounds.ringBytes,
    onDrop(packet) {
      // Its own flow's trouble waits: what would be looked up later is kept now.
      const window = pending.get(packet.flow);
      if (window !== undefined) keep(packet, window);
    },
  });

  function keep(packet: CapturedPacket, window: Window): void {
    if (packet.at < window.from || packet.at > window.until || decided.has(packet)) return;
    decided.add(packet);
    const full = window.kept >= bounds.packetsPerFlow || keptThisSecond >= bounds.packetsPerSecond;
    if (full && !(bounds.everyReset && isReset(packet))) {
      leftOutPackets += 1;
      return;
    }
    window.kept += 1;
    keptThisSecond += 1;
    onKeep(packet);
  }

  const advance = (at: number) => {
    now = at;
    // A clock that was set back begins a new second, too: else all that follows would belong to the old one.
    if (Math.abs(now - second) < 1_000_000) return;
    second = now;
    begunThisSecond = 0;
    keptThisSecond = 0;
  };

  const mayBegin = (packet: CapturedPacket): boolean => {
    if (bounds.everyReset && isReset(packet)) return true;
    begunThisSecond += 1;
    return begunThisSecond <= bounds.flowsPerSecond;
  };

  const wait = (packet: CapturedPacket, hasBegun: boolean) => {
    const waiting = pending.get(packet.flow);
    if (waiting === undefined && !hasBegun && !mayBegin(packet)) {
      leftOutFlows += 1;
      return;
    }
    const wanted = around(packet.at);
    if (waiting === undefined) pending.set(packet.flow, wanted);
    else widen(waiting, wanted);
    pendingFrom = Math.min(pendingFrom, packet.at);
    pendingUntil = Math.max(pendingUntil, packet.at);
  };

  const around = (at: number): Window => {
    return { from: at - bounds.beforeMicros, until: at + bounds.afterMicros, kept: 0 };
  };

  const forgetPast = () => {
    // Stamps may come a little out of order: a window that has just ended still takes its late packets.
    for (const [flow, window] of windows) if (window.until < now - settledWithin) windows.delete(flow);
  };

  const settle = () => {
    if (pending.size === 0) return;
    const troubles = pending;
    const since = pendingFrom - bounds.beforeMicros;
    pending = new Map();
    pendingFrom = Infinity;
    pendingUntil = -Infinity;
    for (const [flow, wanted] of otherLegs(troubles, [...ring.from(since)])) {
      const window = windows.get(flow);
      // A leg's window is its own: what is kept of it counts for it alone.
      if (window === undefined || isApart(window, wanted)) {
        windows.set(flow, troubles.has(flow) ? wanted : { ...wanted, kept: 0 });
      } else {
        widen(window, wanted);
        if (troubles.has(flow)) window.kept += wanted.kept;
      }
    }
    for (const packet of ring.from(since)) {
      const window = windows.get(packet.flow);
      if (window !== undefined) keep(packet, window);
    }
    forgetPast();
  };

  return {
    add(packet) {
      const { at, flow } = packet;
      // Before the packet comes in: it may push out what has to be looked up.
      if (at - pendingFrom > settledWithin || pendingUntil - at > settledWithin) settle();
      advance(at);
      const window = windows.get(flow);
      const open = window !== undefined && at >= window.from && at <= window.until;
      if (isTrouble(packet)) {
        // Out of order, it makes packets wanted that went by already.
        if (open && at >= latest) widen(window, around(at));
        else wait(packet, open);
      }
      latest = Math.max(latest, at);
      ring.add(packet);
      if (open) keep(packet, window);
    },
    settle,
    get unsettled() {
      return pending.size > 0;
    },
    leftOut: () => ({ packets: leftOutPackets, flows: leftOutFlows, crowdedOut: ring.crowdedOut }),
  };
}

const isApart = (a: Window, b: Window): boolean => a.until < b.from || b.until < a.from;

function widen(window: Window, by: Window): void {
  window.from = Math.min(window.from, by.from);
  window.until = Math.max(window.until, by.until);
}

const isReset = ({ tcp: { flags } }: CapturedPacket): boolean => (flags & tcpFlags.rst) !== 0;

/** A RST, a SYN sent again, or data sent for the third time: the flow is worth its packets. */
function isTrouble(packet: CapturedPacket): boolean {
  return isReset(packet) || packet.seenBefore >= ((packet.tcp.flags & tcpFlags.syn) !== 0 ? 1 : 2);
}
