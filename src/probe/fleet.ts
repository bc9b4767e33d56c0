// Keeps N slots filled with connections and has each send its probes on time: dials again at once when a connection ended, after
// a second when none could be made.
import { lookup } from 'node:dns';
import type { Endpoint } from '../model/endpoint.ts';
import { openConnection } from './connection.ts';
import type { Connection, ConnectionSettings } from './connection.ts';
import { createDeadlines } from './deadlines.ts';
import type { HeapItem } from './due-heap.ts';
import { createSharedLookup } from './lookup.ts';
import { createTurns, nextTickMs, redialDelayMs, slotOffsetMs } from './pace.ts';
import { createSchedule } from './schedule.ts';
import { settleWithin } from './settle-within.ts';
import type { Surroundings } from './surroundings.ts';

export interface FleetSettings {
  readonly target: Endpoint;
  /** Slots. */
  readonly connections: number;
  readonly periodMs: number;
  /** For connecting, and for each answer. */
  readonly timeoutMs: number;
  /** Bytes. */
  readonly maxLine: number;
  readonly className: string;
  /** Connections that may be dialled per second. Default: any number. */
  readonly connectRate?: number;
}

export interface Fleet {
  /** Finishes every connection in an orderly way; resolves when all are closed, at the latest after a second. */
  stop(): Promise<void>;
}

/** A place that is always to be filled with a connection. It waits for one thing at a time: to be dialled, or its next tick. */
interface Slot extends HeapItem {
  readonly index: number;
  connection: Connection | null;
  /** When the connection was made: its ticks are reckoned from here. */
  originMs: number;
  /** It waits for its turn to be dialled, and is to be dialled when its time comes. */
  hasTurn: boolean;
}

/** How long a peer may take to answer our FIN. */
const graceMs = 1_000;

/** Starts dialling; never throws for a failed connection. */
export function startFleet(settings: FleetSettings, surroundings: Surroundings): Fleet {
  const { clock } = surroundings;
  const schedule = createSchedule(clock, act);
  const deadlines = createDeadlines<Connection>(settings.timeoutMs, clock, (late) => late.expire());
  const shared: ConnectionSettings = {
    target: settings.target,
    className: settings.className,
    maxLine: settings.maxLine,
    lookup: createSharedLookup(lookup),
    deadlines,
    surroundings,
  };
  const turns = createTurns(settings.connectRate);
  let dialled = 0;
  let stopping = false;

  const startMs = clock.monotonic();
  const slots: Slot[] = [];
  for (let index = 0; index < settings.connections; index++) {
    const slot: Slot = { index, connection: null, originMs: 0, hasTurn: false, dueMs: 0, place: -1 };
    slots.push(slot);
    schedule.put(slot, startMs + slotOffsetMs(index, settings.connections, settings.periodMs));
  }

  function act(slot: Slot): void {
    if (slot.connection === null) dial(slot);
    else tick(slot, slot.connection);
  }

  function dial(slot: Slot): void {
    if (surroundings.congested()) {
      schedule.put(slot, clock.monotonic() + redialDelayMs);
      return;
    }
    if (!slot.hasTurn) {
      const turnMs = turns.next(clock.monotonic());
      if (turnMs > clock.monotonic()) {
        slot.hasTurn = true;
        schedule.put(slot, turnMs);
        return;
      }
    }
    slot.hasTurn = false;
    const numbers = { connection: dialled++, slot: slot.index };
    const connection = openConnection(shared, numbers, {
      connected() {
        slot.originMs = clock.monotonic();
        slot.dueMs = slot.originMs;
        tick(slot, connection);
      },
      lost(wasConnected) {
        slot.connection = null;
        if (stopping) return;
        if (wasConnected) {
          schedule.remove(slot);
          dial(slot);
        } else schedule.put(slot, clock.monotonic() + redialDelayMs);
      },
    });
    slot.connection = connection;
  }

  function tick(slot: Slot, connection: Connection): void {
    // While the last answer is missing, or nobody takes our events, this tick is left out.
    if (connection.isIdle() && !surroundings.congested()) connection.send(slot.dueMs);
    schedule.put(slot, nextTickMs(slot.originMs, settings.periodMs, clock.monotonic()));
  }

  return {
    async stop() {
      stopping = true;
      schedule.stop();
      const open = slots.flatMap(({ connection }) => (connection === null ? [] : [connection]));
      await settleWithin(
        graceMs,
        open.map((connection) => connection.finish()),
      );
      for (const connection of open) connection.abort();
      deadlines.stop();
    },
  };
}
