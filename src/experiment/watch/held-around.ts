// What was told of no single connection: rules, ways, listeners, counters, what the witnesses say of themselves. Indexed by scope and
// time, so that a loss finds what was around it without looking at all the rest.
import { formatMicros, parseMicros, type Micros } from '../../model/clock.ts';
import type { CountersEvent, NodeEvent, SourceEvent } from '../../model/node-event.ts';
import { createTimeList, type TimeList } from './time-list.ts';

export interface HeldAround {
  take(event: NodeEvent): void;
  /** A witness that reads at intervals has read all once more after that moment. */
  read(witness: string, until: Micros): void;
  /**
   * What has to do with these addresses, from that moment on; what was told once and holds still, however old it is.
   * @param counted When the RSTs were seen that are there to be held against a kernel's own count. Null where they are not: then the
   * counts are left out as if nobody had read them.
   */
  around(
    addresses: Iterable<string>,
    from: Micros,
    counted: { readonly from: Micros; readonly to: Micros } | null,
  ): NodeEvent[];
  forget(now: Micros): void;
  /** When this witness said anything last; undefined where it never did. */
  heard(source: string): Micros | undefined;
  /** Whether it runs, by its own word. */
  runs(source: string): boolean;
  readonly sources: readonly SourceEvent[];
  readonly bytes: number;
  /** Counts what was told that may change what is found. */
  readonly version: number;
}

/** Rules and ways come and go rarely; where they do not, the latest are held. */
const mostChanges = 20_000;
const mostSources = 5_000;
const mostOfOthers = 600;
/** Of counters and the kernel's events: where they are too many, those of a shorter time are held, but never of less than that. */
const mostBytes = 20 * 1_048_576;
const leastKept: Micros = 30_000_000;
const forgetEvery: Micros = 1_000_000;

export function createHeldAround(node: string, keepMs: number): HeldAround {
  const changes = createTimeList<NodeEvent>();
  const listeners = new Map<string, TimeList<NodeEvent>>();
  // Those of the kernel's tables are few and mean every connection; those of a namespace mean its own.
  const tables = createTimeList<CountersEvent>();
  const ofScope = new Map<string, { readonly list: TimeList<CountersEvent>; last: CountersEvent }>();
  const others = createTimeList<NodeEvent>();
  // A process closes thousands of sockets after its end: that stays with the latest of them, else it would seem to have had none.
  const ends = createTimeList<NodeEvent>();
  // Their witnesses are known to have run: what they told must not be missing, or it would seem that nothing was.
  const rare = createTimeList<NodeEvent>();
  const sources: SourceEvent[] = [];
  const states = new Map<string, SourceEvent['state']>();
  const heardAt = new Map<string, Micros>();
  const lastSaid = new Map<string, NodeEvent>();
  const readUntil = new Map<string, Micros>();
  let lastOfNamespaces: CountersEvent | undefined;
  let bytes = 0;
  let version = 0;
  let kept: Micros = keepMs * 1_000;
  let forgotAt: Micros = 0;

  function listenersOf(scope: string): TimeList<NodeEvent> {
    const known = listeners.get(scope) ?? createTimeList<NodeEvent>();
    listeners.set(scope, known);
    return known;
  }

  function takeCounters(event: CountersEvent, at: Micros): void {
    bytes += roughly;
    if (event.source !== ofNamespaces) {
      tables.add(event, at);
      return;
    }
    lastOfNamespaces = event;
    const known = ofScope.get(event.scope) ?? { list: createTimeList<CountersEvent>(), last: event };
    ofScope.set(event.scope, known);
    known.last = event;
    known.list.add(event, at);
  }

  return {
    take(event) {
      const at = parseMicros(event.at);
      const said = `${event.source} ${event.node}`;
      if (at >= (heardAt.get(event.source) ?? 0)) heardAt.set(event.source, at);
      lastSaid.set(said, event);
      if (!silent.has(event.event)) version += 1;
      switch (event.event) {
        case 'source':
          states.set(event.source, event.state);
          sources.push(event);
          if (sources.length > mostSources) sources.splice(0, mostSources / 2, ...firstOfEach(sources));
          return;
        case 'counters':
          takeCounters(event, at);
          return;
        case 'listener':
          listenersOf(event.scope).add(event, at);
          return;
        case 'rule-changed':
        case 'route-changed':
        case 'link-changed':
        case 'dataplane':
          changes.add(event, at);
          return;
        case 'name':
        case 'packet':
        case 'conntrack':
        case 'icmp-error':
        case 'lost-after-silence':
          return;
        case 'agent':
        case 'cgroup-memory':
        case 'kernel-log':
        case 'neighbour':
          bytes += roughly;
          rare.add(event, at);
          return;
        case 'kernel':
        case 'socket':
        case 'ipvs-entry':
          bytes += roughly;
          (isEnd(event) ? ends : others).add(event, at);
      }
    },
    read(witness, until) {
      readUntil.set(witness, Math.max(until, readUntil.get(witness) ?? until));
    },
    around(addresses, from, span) {
      const to = Number.POSITIVE_INFINITY;
      const scopes = [node, ...addresses];
      const counted = scopes.flatMap((scope) => {
        const known = ofScope.get(scope);
        if (known === undefined) return [];
        const own = span === null ? [] : whole(known.list.between(span.from, span.to), span.from);
        return own.length > 0 ? own : [emptied(known.last)];
      });
      const round = lastOfNamespaces === undefined ? [] : [emptied(lastOfNamespaces)];
      const all: NodeEvent[] = [
        ...sources.map((event) =>
          withReadings(
            begunAt(event, event.source === ofNamespaces ? (span?.from ?? from) : from),
            readUntil.get(event.source),
          ),
        ),
        ...changes.between(Number.NEGATIVE_INFINITY, to),
        ...scopes.flatMap((scope) => listeners.get(scope)?.between(Number.NEGATIVE_INFINITY, to) ?? []),
        ...counted,
        ...round,
        ...tables.between(from, to),
        ...rare.between(from, to, mostOfOthers),
        ...ends.between(from, to, mostOfOthers),
        ...others.between(from, to, mostOfOthers),
        ...[...lastSaid.values()].flatMap(sinceWhen),
      ];
      return span === null ? all.filter(({ source }) => source !== ofNamespaces) : all;
    },
    forget(now) {
      if (now - forgotAt < forgetEvery) return;
      forgotAt = now;
      if (bytes > mostBytes) kept = Math.max(leastKept, kept * 0.8);
      else if (bytes < mostBytes / 2) kept = Math.min(keepMs * 1_000, kept * 1.1);
      const oldest = now - kept;
      const less = () => (bytes -= roughly);
      tables.forget(oldest, less);
      others.forget(oldest, less);
      ends.forget(oldest, less);
      rare.forget(oldest, less);
      for (const { list } of ofScope.values()) list.forget(oldest, less);
      if (changes.size > mostChanges) changes.forget(changes.timeOfLast(mostChanges) ?? oldest);
    },
    heard: (source) => heardAt.get(source),
    runs: (source) => isRunning(states.get(source)),
    get sources() {
      return sources;
    },
    get bytes() {
      return bytes;
    },
    get version() {
      return version;
    },
  };
}

/** They are of connections. */
const silent: ReadonlySet<NodeEvent['event']> = new Set([
  ...(['packet', 'conntrack', 'icmp-error', 'lost-after-silence'] as const),
]);

/** A signal to a process, its exit, or that the kernel chose it to free memory. */
const isEnd = (event: NodeEvent): boolean => event.event === 'kernel' && event.target !== undefined;

const roughly = 1_500;
/** Counts of each namespace's own kernel. */
const ofNamespaces = 'snmp';

const isRunning = (state: SourceEvent['state'] | undefined): boolean =>
  state === 'started' || state === 'limited';

/** A reading that began before has counted RSTs that are not there to be held against it. */
const whole = (readings: readonly CountersEvent[], from: Micros): CountersEvent[] =>
  readings.filter(({ since }) => parseMicros(since) >= from);

/** That it was read, and when, and nothing of what it counted: that was before. */
const emptied = (event: CountersEvent): CountersEvent => ({ ...event, changes: {} });

/** Of witnesses that count, what was told before `from` is not there: as if they had begun then. */
function begunAt(event: SourceEvent, from: Micros): SourceEvent {
  if (event.state !== 'started' || !counting.has(event.source) || parseMicros(event.at) >= from) return event;
  return { ...event, at: formatMicros(Math.max(0, from)) };
}

/** Until when its silence says something: what moved since then is told by its next reading. */
function withReadings(event: SourceEvent, until: Micros | undefined): SourceEvent {
  if (event.state !== 'started' || until === undefined) return event;
  return { ...event, readUntil: formatMicros(until) };
}

const counting: ReadonlySet<string> = new Set(['snmp', 'conntrack-stats', 'rule-counters']);

/** What is said of nobody in question shows still that its witness was there. */
function sinceWhen(event: NodeEvent): NodeEvent[] {
  switch (event.event) {
    case 'source':
      return [];
    case 'counters':
      return event.source === ofNamespaces ? [] : [emptied(event)];
    default:
      return [];
  }
}

/** The first and the last of each witness in each state. */
function firstOfEach(all: readonly SourceEvent[]): SourceEvent[] {
  const kept = new Map<string, SourceEvent>();
  for (const event of all.slice(0, mostSources / 2)) {
    const key = `${event.source} ${event.node} ${event.state} ${event.text.replace(/\d+/g, '#')}`;
    kept.set(event.state === 'started' && kept.has(key) ? `${key} again` : key, event);
  }
  return [...kept.values()];
}
