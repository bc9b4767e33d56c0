// Connections that our own probes lost, each with what came before and after it in the same slot.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint, parseEndpoint, plainAddress, type Endpoint } from '../../model/endpoint.ts';
import {
  isBeforeFirstAnswer,
  type ClientEvent,
  type FailedEvent,
  type ProbeEvent,
  type ServerEvent,
} from '../../model/probe-event.ts';
import { createKilledClients } from './killed-clients.ts';
import type { LostConnection, NextAttempt } from './lost-connection.ts';
import { createIdleCounter, type CloseTimes, type IdleBound, type IdleTimes } from './idle-times.ts';
import { remember } from './remember.ts';

/** Probe events as far as the diagnosis needs them; made in one pass, so that the answers need not be kept. */
export interface ProbeTimeline {
  readonly lost: readonly LostConnection[];
  /** By the peer, as formatEndpoint writes it. */
  readonly accepted: ReadonlyMap<string, readonly AcceptedEvent[]>;
  readonly ended: ReadonlyMap<string, readonly EndedEvent[]>;
  /** Attempts that failed before their slot's first answer, none of which is a loss; and slots that never had one. */
  readonly beforeFirstAnswer: { readonly attempts: number; readonly neverAnswered: number };
  /** For each `origin` of losses; null where nothing of the kind is known. */
  readonly idleTimesOf: (origin: string) => IdleTimes | null;
  readonly closeTimesOf: (origin: string) => CloseTimes | null;
  readonly idleBoundOf: (origin: string) => IdleBound | null;
  readonly hasServerEvents: boolean;
  /** `local` of the servers: address:port pairs at which a server listens or accepted. */
  readonly serverAddresses: ReadonlySet<string>;
}

export type AcceptedEvent = Extract<ProbeEvent, { event: 'accepted' }>;
export type EndedEvent = Extract<ProbeEvent, { event: 'ended' }>;

type Growing = Omit<LostConnection, 'refusedNext'> & {
  readonly afterwards: NextAttempt[];
  refusedNext?: LostConnection;
};

export interface ProbeReader {
  /**
   * Takes one event. `origin` tells processes apart that have the same class (a file's name, say); the events of one origin come
   * in order of time.
   */
  add(event: ProbeEvent, origin?: string): void;
  timeline(): ProbeTimeline;
}

/** Reads probe events one by one, so that a million answers need not be held. */
export function createProbeReader(): ProbeReader {
  const lost: Growing[] = [];
  const down = new Map<string, Growing>();
  const accepted = new Map<string, AcceptedEvent[]>();
  const ended = new Map<string, EndedEvent[]>();
  const serverAddresses = new Set<string>();
  const pulses = new Map<string, Pulse>();
  const idle = createIdleCounter();
  const killed = createKilledClients();
  const wellAt = new Map<string, Micros>();
  let hasServerEvents = false;
  let early = 0;
  const unansweredSlots = new Set<string>();

  function addServer(event: ServerEvent): void {
    hasServerEvents = true;
    if (event.event === 'accepted') {
      const address = endpointOf(event.local)?.address;
      if (address !== undefined) serverAddresses.add(address);
      remember(accepted, peerKey(event.peer), event);
    } else if (event.event === 'ended') remember(ended, peerKey(event.peer), event);
  }

  function addClient(event: ClientEvent, origin: string): void {
    const kind = `${origin} ${event.class}`;
    const at = parseMicros(event.at);
    const pulse = pulseOf(pulses, kind);
    pulse.beat(at, event.loopDelayMs);
    const slot = `${kind} ${event.slot}`;
    killed.add(event, kind, slot);
    if (event.event === 'answered') {
      const before = wellAt.get(slot);
      if (before !== undefined) idle.answered(kind, event.slot, before, at - event.latencyMs * 1_000);
      wellAt.set(slot, at);
      unansweredSlots.delete(slot);
      return;
    }
    if (event.event === 'connected') wellAt.set(slot, at);
    else wellAt.delete(slot);
    if (event.event === 'failed' && isBeforeFirstAnswer(event)) {
      early += 1;
      unansweredSlots.add(slot);
      return;
    }
    if (event.event === 'failed') idle.closed(kind, event);
    const before = down.get(slot);
    if (event.event !== 'failed') {
      before?.afterwards.push({ at: event.at, failure: null });
      down.delete(slot);
    } else if (event.phase === 'connecting' && before !== undefined) {
      // The server closed in an orderly way, and nobody answers now, or with a RST to who thought itself let in: what is lost is the
      // attempt, not what was closed while idle.
      const isFirst = isIdleClose(before) && before.afterwards.length === 0;
      const attempt = () => attemptAfter(before, newLoss(event, before.origin, pulse));
      if (isFirst && (isUnanswered(event) || event.failure === 'reset')) Object.assign(before, attempt());
      else if (isFirst && event.failure === 'refused') before.refusedNext = attempt();
      // A slot that stays down for an hour says no more than its first attempts did.
      if (before.afterwards.length < keptAttempts)
        before.afterwards.push({ at: event.at, failure: event.failure });
    } else {
      const loss = newLoss(event, `${origin} ${event.class}`, pulse);
      lost.push(loss);
      down.set(slot, loss);
    }
  }

  return {
    add(event, origin = '') {
      if (event.role === 'server') addServer(event);
      else addClient(event, origin);
    },
    timeline() {
      const all = [...lost, ...killed.lost(ended)];
      return {
        ...{ lost: all, accepted, ended, hasServerEvents, serverAddresses },
        beforeFirstAnswer: { attempts: early, neverAnswered: unansweredSlots.size },
        idleTimesOf: idle.timesOf(all),
        closeTimesOf: idle.closesOf,
        idleBoundOf: remembered(idle.boundsOf(all)),
      };
    },
  };
}

/** The attempt as what was lost, from when the slot was last well. */
function attemptAfter({ afterwards, failedAt }: LostConnection, attempt: LostConnection): LostConnection {
  return { ...attempt, afterwards, bornAt: failedAt, lastGoodAt: failedAt };
}

/** It is asked for each loss, of which there may be thousands. */
function remembered<T>(of: (origin: string) => T): (origin: string) => T {
  const known = new Map<string, T>();
  return (origin) => {
    if (!known.has(origin)) known.set(origin, of(origin));
    return known.get(origin) as T;
  };
}

const keptAttempts = 8;

const isIdleClose = ({ failure, phase }: LostConnection) => failure === 'closed' && phase === 'idle';
const isUnanswered = ({ failure }: FailedEvent) => failure === 'timeout' || failure === 'unreachable';

/** As packets and entries have it, whatever the program called it. */
function endpointOf(text: string): Endpoint | undefined {
  const endpoint = parseEndpoint(text);
  return endpoint && { ...endpoint, address: plainAddress(endpoint.address) };
}

/** Under which key the events of a server's peer are found. */
export function peerKey(peer: string): string {
  const endpoint = endpointOf(peer);
  return endpoint === undefined ? peer : formatEndpoint(endpoint);
}

function newLoss(report: FailedEvent, origin: string, pulse: Pulse): Growing {
  const failedAt = parseMicros(report.at);
  const bornAt = failedAt - report.livedMs * 1_000;
  const lastGoodAt = report.lastGoodAt === null ? bornAt : parseMicros(report.lastGoodAt);
  return {
    origin,
    group: report.class,
    client: report.local === null ? null : (endpointOf(report.local) ?? null),
    target: endpointOf(report.remote) ?? { address: report.remote, port: 0 },
    legs: [],
    bornAt,
    lastGoodAt,
    failedAt,
    failure: report.failure,
    phase: report.phase,
    report,
    afterwards: [],
    // An answer that had come before the process slept is read as it wakes: the sleep lies before the last good moment then.
    silenceMs: pulse.longestSince(Math.min(lastGoodAt, failedAt - awake)),
    lateMs: pulse.latestSince(failedAt - atOnce),
  };
}

/** In so much a process that wakes has read what waits for it on all its connections. */
const awake: Micros = 50_000;

/** A process that has not run for a while tells of all that it missed in this time. */
const atOnce: Micros = 1_000_000;

/** The gaps between the events of one client process: a process that does not run says nothing. */
interface Pulse {
  beat(at: Micros, loopDelayMs: number): void;
  longestSince(at: Micros): number;
  /** The longest delay of its loop that it told since. */
  latestSince(at: Micros): number;
}

const keptGaps = 64;

function pulseOf(pulses: Map<string, Pulse>, name: string): Pulse {
  const known = pulses.get(name);
  if (known !== undefined) return known;
  let last: Micros | undefined;
  // Only the last ones are ever asked for; a long run must not keep them all.
  const gaps: { readonly until: Micros; readonly ms: number }[] = [];
  const delays: { readonly at: Micros; readonly ms: number }[] = [];
  const pulse: Pulse = {
    beat(at, loopDelayMs) {
      while ((delays[0]?.at ?? at) < at - atOnce) delays.shift();
      // Of those behind the longest none is asked for.
      while ((delays.at(-1)?.ms ?? Number.POSITIVE_INFINITY) <= loopDelayMs) delays.pop();
      delays.push({ at, ms: loopDelayMs });
      if (last !== undefined && at > last) gaps.push({ until: at, ms: (at - last) / 1_000 });
      if (gaps.length > 2 * keptGaps) gaps.splice(0, keptGaps);
      last = Math.max(at, last ?? at);
    },
    latestSince: (at) => delays.find((delay) => delay.at >= at)?.ms ?? 0,
    longestSince: (at) =>
      gaps.reduce((longest, gap) => (gap.until > at ? Math.max(longest, gap.ms) : longest), 0),
  };
  pulses.set(name, pulse);
  return pulse;
}
