// Keeps N slots filled with connections and has each send its probes on time: dials again at once when a connection that had lived
// ended, after a second when none could be made, and more and more slowly when connections are made and never answered.
import { lookup } from 'node:dns';
import type { Endpoint } from '../model/endpoint.ts';
import { createAfterBurst } from './after-burst.ts';
import { awaited, emptyBooks, type Books } from './books.ts';
import { openConnection } from './connection.ts';
import type { Connection, ConnectionSettings } from './connection-settings.ts';
import { createDeadlines } from './deadlines.ts';
import { createSharedLookup, type Resolve } from './lookup.ts';
import { watchName } from './name-watch.ts';
import { createTurns, nextTickMs, probeGrain, redialDelayMs, slotOffsetMs } from './pace.ts';
import { createRedialPace, type Life, type RedialMemory } from './redial-pace.ts';
import { endFromTimeToTime, type FleetMisbehaviour } from './misbehaving-fleet.ts';
import { createSchedule, type Waiting } from './schedule.ts';
import { settleWithin } from './settle-within.ts';
import { createSourcePorts, type PortRange, type Source, type Share } from './source-ports.ts';
import type { Surroundings } from './surroundings.ts';
import { question, questionOf } from './wire.ts';

export interface FleetSettings {
  readonly target: Endpoint;
  /** Slots. */
  readonly connections: number;
  readonly periodMs: number;
  /** Each slot's own, in turn, in place of that. Default: all have periodMs. */
  readonly periodsMs?: readonly number[];
  /** A connection that was idle for longer is not asked again: the client closes it and makes another. Default: any time. */
  readonly idleLimitMs?: number;
  /** From one keep-alive probe of the kernel's to the next. Default: as Go's. */
  readonly keepAliveMs?: number;
  /** For connecting, and for each answer. */
  readonly timeoutMs: number;
  /** For connecting, where that is another time. */
  readonly connectTimeoutMs?: number;
  /** Bytes. */
  readonly maxLine: number;
  readonly className: string;
  /** Log what fails, and neither connections that were made nor answers. Default: log both. */
  readonly quiet?: boolean;
  /** How long each question is, newline included. Default: as the original's. */
  readonly payloadBytes?: number;
  /** Connections that may be dialled per second. Default: any number. */
  readonly connectRate?: number;
  /** Local addresses to dial from, in turn. Default: the kernel's choice. */
  readonly sources?: readonly string[];
  /** The local ports to use with them. Default: the kernel's choice. */
  readonly sourcePorts?: PortRange;
  /** How names become addresses. Default: as the system does it. */
  readonly resolve?: Resolve;
  /** Default: they are held as long as they last. */
  readonly misbehaviour?: FleetMisbehaviour;
  /** Which part of a larger fleet this is, when several processes share one. Default: the whole. */
  readonly share?: Share;
  /** Spreads what would else be dialled together. Default: Math.random. */
  readonly random?: () => number;
}

export interface Fleet {
  /** What has happened so far. */
  readonly books: Readonly<Books>;
  /** Whether an answer is waited for at this moment. */
  waits(): boolean;
  /** Why not, when the target is a name for which no address was ever found; else null. */
  neverFound(): string | null;
  /** Finishes every connection in an orderly way; resolves when all are closed, at the latest after a second. */
  stop(): Promise<void>;
}

/** A place that is always to be filled with a connection. It waits for one thing at a time: to be dialled, or its next tick. */
interface Slot extends Waiting, RedialMemory {
  readonly index: number;
  readonly periodMs: number;
  connection: Connection | null;
  /** Where it dialled from, when that is ours to choose. */
  source: Source | undefined;
  /** Ports that were tried for this connection and found to be in use. */
  portTries: number;
  /** It has had an answer, on whichever connection. */
  answered: boolean;
  /** Its ticks are reckoned from here: when the connection was made or, in a dense fleet, when the slot's turn is. */
  originMs: number;
  /** It waits for its turn to be dialled, and is to be dialled when its time comes. */
  hasTurn: boolean;
}

/** A chosen port may be in use by others; after so many the failure is told. */
const mostPortTries = 64;
/** Larger than any answer that is short enough to be one. */
const inputBytes = 65_536;
/**
 * Where the connection before this one was never answered, the first question waits so long. A server that closes what it has
 * accepted answers a question that it did not read with a RST, and then its close could not be told from a reset.
 */
const listenMs = 100;
/** From this delay on it is said that dialling has become slow. */
const slowMs = 1_000;
const saySlowEveryMs = 10 * 60_000;
/** How long a peer may take to answer our FIN. */
const graceMs = 1_000;

/** Starts dialling; never throws for a failed connection. */
export function startFleet(settings: FleetSettings, surroundings: Surroundings): Fleet {
  const { clock } = surroundings;
  const { first, every } = settings.share ?? { first: 0, every: 1 };
  const grain = probeGrain(settings.connections, settings.periodMs);
  const schedule = createSchedule(clock, act, grain.milliseconds);
  const deadlines = createDeadlines<Connection>(settings.timeoutMs, clock, (late) => late.expire());
  const { connectTimeoutMs } = settings;
  const connectDeadlines =
    connectTimeoutMs === undefined
      ? deadlines
      : createDeadlines<Connection>(connectTimeoutMs, clock, (late) => late.expire());
  const burst = createAfterBurst(clock);
  const names = watchName(settings.resolve ?? lookup, surroundings);
  const shared: ConnectionSettings = {
    target: settings.target,
    className: settings.className,
    quiet: settings.quiet ?? false,
    question: settings.payloadBytes === undefined ? question : questionOf(settings.payloadBytes),
    maxLine: settings.maxLine,
    ...(settings.keepAliveMs === undefined ? {} : { keepAliveMs: settings.keepAliveMs }),
    lookup: createSharedLookup(names.resolve),
    input: Buffer.allocUnsafeSlow(inputBytes),
    books: emptyBooks(),
    owner: { connected, lost, closed: lost, portTaken },
    deadlines,
    connectDeadlines,
    burst,
    surroundings,
  };
  const turns = createTurns(settings.connectRate);
  const redials = createRedialPace(settings.connections, settings.random ?? Math.random);
  let dialled = 0;
  let stopping = false;
  let saidSlowMs = Number.NEGATIVE_INFINITY;

  const sources =
    settings.sources && createSourcePorts(settings.sources, settings.sourcePorts, { first, every });
  const startMs = clock.monotonic();
  const { periodsMs = [], idleLimitMs = Number.POSITIVE_INFINITY } = settings;
  const slots: Slot[] = [];
  for (let place = 0; place < settings.connections; place++) {
    const index = first + place * every;
    const originMs = startMs + slotOffsetMs(index, settings.connections * every, settings.periodMs);
    const slot: Slot = {
      periodMs: periodsMs[index % periodsMs.length] ?? settings.periodMs,
      ...{ index, connection: null, source: undefined, portTries: 0, originMs, hasTurn: false },
      ...{ answered: false, unanswered: 0, hasty: 0 },
      ...{ dueMs: 0, bucket: null },
    };
    slots.push(slot);
    schedule.put(slot, originMs);
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
    giveBack(slot);
    slot.source = sources?.take();
    const numbers = { connection: first + dialled * every, slot: slot.index, slotAnswered: slot.answered };
    dialled += 1;
    shared.books.dialled += 1;
    slot.connection = openConnection(shared, numbers, slot.source);
  }

  /** Only now, because a port is taken until its connection is closed. */
  function giveBack(slot: Slot): void {
    if (slot.source !== undefined) sources?.giveBack(slot.source);
    slot.source = undefined;
  }

  function connected(number: number): void {
    const slot = slots[(number - first) / every];
    if (slot === undefined || slot.connection === null) return;
    slot.portTries = 0;
    const now = clock.monotonic();
    // As the original's ticks; only where thousands may be made at the same moment, after a reset of them all, does each
    // go on with its own turn, because their probes would come in one burst ever after.
    if (!grain.dense) slot.originMs = now;
    if (slot.unanswered > 0) {
      schedule.put(slot, now + listenMs);
      return;
    }
    slot.dueMs = now;
    tick(slot, slot.connection);
  }

  function lost(number: number, life: Life | null, slotAnswered: boolean): void {
    const slot = slots[(number - first) / every];
    if (slot === undefined) return;
    slot.answered = slotAnswered;
    slot.connection = null;
    if (stopping) return;
    if (life === null) {
      schedule.put(slot, clock.monotonic() + redialDelayMs);
      return;
    }
    const delayMs = redials.lost(slot, life, shared.books.answered);
    if (delayMs > 0) {
      schedule.put(slot, clock.monotonic() + delayMs);
      saySlow(delayMs);
    } else {
      schedule.remove(slot);
      redial(slot);
    }
  }

  /** Else a slow client would look like one that hangs. */
  function saySlow(delayMs: number): void {
    const now = clock.monotonic();
    if (delayMs < slowMs || now - saidSlowMs < saySlowEveryMs) return;
    saidSlowMs = now;
    surroundings.log(
      'Connections are made but do not last; the next ones follow more and more slowly, after 30 s at most',
    );
  }

  /** Not in the midst of what has just come in. */
  function redial(slot: Slot): void {
    burst.add(() => {
      if (!stopping) dial(slot);
    });
  }

  /** Whether another port is tried. */
  function portTaken(number: number): boolean {
    const slot = slots[(number - first) / every];
    if (slot?.source === undefined || slot.source.port === 0 || stopping) return false;
    slot.portTries += 1;
    if (slot.portTries > mostPortTries) return false;
    // Its number is left out: others may have been given later ones.
    shared.books.dialled -= 1;
    slot.connection = null;
    slot.hasTurn = true;
    redial(slot);
    return true;
  }

  function tick(slot: Slot, connection: Connection): void {
    if (connection.idleForMs() > idleLimitMs) {
      void connection.finish();
      slot.connection = null;
      redial(slot);
      return;
    }
    // While the last answer is missing, or nobody takes our events, this tick is left out.
    if (connection.isIdle() && !surroundings.congested()) connection.send(slot.dueMs);
    schedule.put(slot, nextTickMs(slot.originMs, slot.periodMs, clock.monotonic()));
  }

  const open = () => slots.flatMap(({ connection }) => (connection === null ? [] : [connection]));
  const stopMisbehaving =
    settings.misbehaviour && endFromTimeToTime(settings.misbehaviour, open, () => clock.monotonic());

  return {
    books: shared.books,
    waits: () => awaited(shared.books) > 0,
    neverFound: () => names.neverFound(),
    async stop() {
      stopping = true;
      schedule.stop();
      names.stop();
      stopMisbehaving?.();
      burst.finish();
      const left = open();
      await settleWithin(
        graceMs,
        left.map((connection) => connection.finish()),
      );
      for (const connection of left) connection.abort();
      deadlines.stop();
      connectDeadlines.stop();
    },
  };
}
