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
}

export const defaultKeeperBounds: KeeperBounds = {
  beforeMicros: 5_000_000,
  afterMicros: 2_000_000,
  ringBytes: 32 * 1_048_576,
  packetsPerFlow: 2_000,
  flowsPerSecond: 200,
  packetsPerSecond: 10_000,
};

/** What the bounds left out so far. */
export interface LeftOut {
  readonly packets: number;
  readonly flows: number;
  readonly crowdedOut: number;
}

export interface FlowKeeper {
  add(packet: CapturedPacket): void;
  /** Looks up what came before the troubles seen since the last call. To be called after each batch of packets. */
  settle(): void;
  /** True while troubles wait for `settle`. */
  readonly unsettled: boolean;
  leftOut(): LeftOut;
}

/** Trouble may be settled this much later, by the capture's time: packets come in batches of a second. */
const settledWithin = 2_000_000;

interface Window {
  readonly from: number;
  until: number;
  kept: number;
}

/**
 * A packet is handed to `onKeep` once, as soon as it is known that it is wanted: the packets before a trouble together when it is
 * settled, those after it as they come. Packets of one flow come in order; between flows the order is not that of time.
 */
export function createFlowKeeper(bounds: KeeperBounds, onKeep: (packet: CapturedPacket) => void): FlowKeeper {
  const ring = createPacketRing({
    maxAgeMicros: bounds.beforeMicros + settledWithin,
    maxBytes: bounds.ringBytes,
  });
  const windows = new Map<string, Window>();
  // Kept or left out: no packet is looked at twice.
  const decided = new WeakSet<CapturedPacket>();
  let pending = new Map<string, number>();
  let now = 0;
  let second = 0;
  let begunThisSecond = 0;
  let keptThisSecond = 0;
  let leftOutPackets = 0;
  let leftOutFlows = 0;

  const keep = (packet: CapturedPacket, window: Window) => {
    if (packet.at < window.from || packet.at > window.until || decided.has(packet)) return;
    decided.add(packet);
    if (window.kept >= bounds.packetsPerFlow || keptThisSecond >= bounds.packetsPerSecond) {
      leftOutPackets += 1;
      return;
    }
    window.kept += 1;
    keptThisSecond += 1;
    onKeep(packet);
  };

  const advance = (at: number) => {
    now = Math.max(now, at);
    if (now - second < 1_000_000) return;
    second = now;
    begunThisSecond = 0;
    keptThisSecond = 0;
  };

  const mayBegin = (): boolean => {
    begunThisSecond += 1;
    return begunThisSecond <= bounds.flowsPerSecond;
  };

  const forgetPast = () => {
    for (const [flow, window] of windows) if (window.until < now) windows.delete(flow);
  };

  return {
    add(packet) {
      advance(packet.at);
      ring.add(packet);
      const window = windows.get(packet.flow);
      const open = window !== undefined && packet.at <= window.until;
      if (isTrouble(packet)) {
        if (open) window.until = packet.at + bounds.afterMicros;
        else if (pending.has(packet.flow) || mayBegin()) pending.set(packet.flow, packet.at);
        else leftOutFlows += 1;
      }
      if (open) keep(packet, window);
    },
    settle() {
      if (pending.size === 0) return;
      const troubles = pending;
      pending = new Map();
      const since = Math.min(...troubles.values()) - bounds.beforeMicros;
      for (const [flow, at] of otherLegs(troubles, [...ring.from(since)])) {
        const window = windows.get(flow);
        const until = at + bounds.afterMicros;
        const from = at - bounds.beforeMicros;
        if (window === undefined || window.until < at) windows.set(flow, { from, until, kept: 0 });
        else window.until = Math.max(window.until, until);
      }
      for (const packet of ring.from(since)) {
        const window = windows.get(packet.flow);
        if (window !== undefined) keep(packet, window);
      }
      forgetPast();
    },
    get unsettled() {
      return pending.size > 0;
    },
    leftOut: () => ({ packets: leftOutPackets, flows: leftOutFlows, crowdedOut: ring.crowdedOut }),
  };
}

/** A RST, a SYN sent again, or data sent for the third time: the flow is worth its packets. */
function isTrouble({ tcp: { flags }, seenBefore }: CapturedPacket): boolean {
  if ((flags & tcpFlags.rst) !== 0) return true;
  return seenBefore >= ((flags & tcpFlags.syn) !== 0 ? 1 : 2);
}
