// What has to be explained: every connection that failed, with what came before and after it in the same slot.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { parseEndpoint, type Endpoint } from '../../model/endpoint.ts';
import {
  isBeforeFirstAnswer,
  type ClientEvent,
  type FailedEvent,
  type ProbeEvent,
  type ServerEvent,
} from '../../model/probe-event.ts';

export interface Incident {
  /** The process that reported it. */
  readonly origin: string;
  readonly failed: FailedEvent;
  /** The client's end; null when no connection was made. */
  readonly client: Endpoint | null;
  readonly target: Endpoint;
  readonly bornAt: Micros;
  /** The last moment at which the connection is known to have worked. */
  readonly lastGoodAt: Micros;
  readonly failedAt: Micros;
  /** What became of the slot next: connected again, or how the attempts failed until it was. */
  readonly afterwards: readonly ClientEvent[];
  /** The longest time, in milliseconds, that this client's process said nothing between the last good moment and the failure. */
  readonly silenceMs: number;
}

/** Probe events as far as the diagnosis needs them; made in one pass, so that the answers need not be kept. */
export interface ProbeTimeline {
  readonly incidents: readonly Incident[];
  readonly accepted: ReadonlyMap<string, readonly AcceptedEvent[]>;
  readonly ended: ReadonlyMap<string, readonly EndedEvent[]>;
  /** Attempts that failed before their slot's first answer, none of which is an incident; and slots that never had one. */
  readonly beforeFirstAnswer: { readonly attempts: number; readonly neverAnswered: number };
  readonly hasServerEvents: boolean;
  /** `local` of the servers: address:port pairs at which a server listens or accepted. */
  readonly serverAddresses: ReadonlySet<string>;
}

export type AcceptedEvent = Extract<ProbeEvent, { event: 'accepted' }>;
export type EndedEvent = Extract<ProbeEvent, { event: 'ended' }>;

type MutableIncident = Incident & { afterwards: ClientEvent[]; silenceMs: number };

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
  const incidents: MutableIncident[] = [];
  const down = new Map<string, MutableIncident>();
  const accepted = new Map<string, AcceptedEvent[]>();
  const ended = new Map<string, EndedEvent[]>();
  const serverAddresses = new Set<string>();
  const pulses = new Map<string, Pulse>();
  let hasServerEvents = false;
  let early = 0;
  const unansweredSlots = new Set<string>();

  function addServer(event: ServerEvent): void {
    hasServerEvents = true;
    if (event.event === 'accepted') {
      const address = parseEndpoint(event.local)?.address;
      if (address !== undefined) serverAddresses.add(address);
      append(accepted, event.peer, event);
    } else if (event.event === 'ended') append(ended, event.peer, event);
  }

  function addClient(event: ClientEvent, origin: string): void {
    const pulse = pulseOf(pulses, `${origin} ${event.class}`);
    pulse.beat(parseMicros(event.at));
    if (event.event === 'answered' && unansweredSlots.size === 0) return;
    const slot = `${origin} ${event.class} ${event.slot}`;
    if (event.event === 'answered') {
      unansweredSlots.delete(slot);
      return;
    }
    if (event.event === 'failed' && isBeforeFirstAnswer(event)) {
      early += 1;
      unansweredSlots.add(slot);
      return;
    }
    const before = down.get(slot);
    if (event.event !== 'failed') {
      before?.afterwards.push(event);
      down.delete(slot);
    } else if (event.phase === 'connecting' && before !== undefined) {
      // A slot that stays down for an hour says no more than its first attempts did.
      if (before.afterwards.length < keptAttempts) before.afterwards.push(event);
    } else {
      const incident = newIncident(event, `${origin} ${event.class}`, pulse);
      incidents.push(incident);
      down.set(slot, incident);
    }
  }

  return {
    add(event, origin = '') {
      if (event.role === 'server') addServer(event);
      else addClient(event, origin);
    },
    timeline: () => ({
      incidents,
      accepted,
      ended,
      beforeFirstAnswer: { attempts: early, neverAnswered: unansweredSlots.size },
      hasServerEvents,
      serverAddresses,
    }),
  };
}

const keptAttempts = 8;

function newIncident(failed: FailedEvent, origin: string, pulse: Pulse): MutableIncident {
  const failedAt = parseMicros(failed.at);
  const bornAt = failedAt - failed.livedMs * 1_000;
  const lastGoodAt = failed.lastGoodAt === null ? bornAt : parseMicros(failed.lastGoodAt);
  return {
    origin,
    failed,
    client: failed.local === null ? null : (parseEndpoint(failed.local) ?? null),
    target: parseEndpoint(failed.remote) ?? { address: failed.remote, port: 0 },
    bornAt,
    lastGoodAt,
    failedAt,
    afterwards: [],
    silenceMs: pulse.longestSince(lastGoodAt),
  };
}

/** The gaps between the events of one client process: a process that does not run says nothing. */
interface Pulse {
  beat(at: Micros): void;
  longestSince(at: Micros): number;
}

const keptGaps = 64;

function pulseOf(pulses: Map<string, Pulse>, name: string): Pulse {
  const known = pulses.get(name);
  if (known !== undefined) return known;
  let last: Micros | undefined;
  // Only the last ones are ever asked for; a long run must not keep them all.
  const gaps: { readonly until: Micros; readonly ms: number }[] = [];
  const pulse: Pulse = {
    beat(at) {
      if (last !== undefined && at > last) gaps.push({ until: at, ms: (at - last) / 1_000 });
      if (gaps.length > 2 * keptGaps) gaps.splice(0, keptGaps);
      last = Math.max(at, last ?? at);
    },
    longestSince: (at) =>
      gaps.reduce((longest, gap) => (gap.until > at ? Math.max(longest, gap.ms) : longest), 0),
  };
  pulses.set(name, pulse);
  return pulse;
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
