// One connection that the plan wants, kept up by a fleet of one: what each connection in it lives through, told as the metrics count it.
import type { MeshTarget } from '../../model/mesh-plan.ts';
import type { ClientEvent, FailedEvent } from '../../model/probe-event.ts';
import type { Pair } from '../../metrics/agent-metrics.ts';
import { startFleet, type Fleet } from '../../probe/fleet.ts';
import type { Surroundings } from '../../probe/surroundings.ts';
import { announcementIn } from '../announcements.ts';

/** Where a connection really is; `node` is empty when nobody says. */
export interface Landing {
  readonly node: string;
  readonly class: MeshTarget['class'];
}

export interface LinkFailure {
  readonly event: FailedEvent;
  readonly target: MeshTarget;
  /** Null when it never landed anywhere, or died before that was known. */
  readonly landing: Landing | null;
  readonly farewell: boolean;
  readonly atMs: number;
}

export interface LinkSettings {
  /** The agent's own node. */
  readonly source: string;
  readonly periodMs: number;
  readonly timeoutMs: number;
  /** So long after a farewell, failures on this link are the server's rollout. */
  readonly farewellMs: number;
}

export interface LinkOwner {
  readonly surroundings: Pick<Surroundings, 'clock' | 'loopDelayMs'>;
  /** Finds the class of a node that a Service led to; undefined when nobody knows. */
  locate(node: string): Promise<Landing['class'] | undefined>;
  open(pair: Pair, change: 1 | -1): void;
  exposure(pair: Pair, seconds: number): void;
  answered(pair: Pair, seconds: number): void;
  failed(failure: LinkFailure): void;
}

export interface Link {
  readonly target: MeshTarget;
  /** It has had an answer, on whichever connection. */
  wasAnswered(): boolean;
  /** Brings the open connection's time up to date. `stalled`: what passed since the last time does not count. */
  account(stalled: boolean): void;
  /** Ends it in an orderly way; no failures come from now on. */
  stop(): Promise<void>;
}

interface Open {
  /** Up to here its time is counted. Monotonic milliseconds. */
  accountedMs: number;
  /** Null until it is known where it landed; what is counted until then waits. */
  landing: Landing | null;
  waitingSeconds: number;
  readonly waitingAnswers: number[];
  asked: boolean;
}

const maxLine = 65_536;

/** Starts dialling after `delayMs`, so that the links of one agent do not all say their line at the same moment. */
export function startLink(
  target: MeshTarget,
  settings: LinkSettings,
  owner: LinkOwner,
  delayMs: number,
): Link {
  const { clock, loopDelayMs } = owner.surroundings;
  const planned: Landing | null = target.node === null ? null : { node: target.node, class: target.class };
  let open: Open | null = null;
  let farewellMs = Number.NEGATIVE_INFINITY;
  let stopping = false;
  let everAnswered = false;

  let fleet: Fleet | undefined;
  const starting = setTimeout(() => (fleet = start()), delayMs);

  function start(): Fleet {
    return startFleet(
      {
        target: { address: target.address, port: target.port },
        connections: 1,
        periodMs: settings.periodMs,
        timeoutMs: settings.timeoutMs,
        maxLine,
        className: target.class,
      },
      {
        clock,
        loopDelayMs,
        congested: () => false,
        log: heard,
        report: (event) => lived(event as ClientEvent),
      },
    );
  }

  function pairOf(landing: Landing): Pair {
    return { source: settings.source, target: landing.node, class: landing.class, path: target.path };
  }

  function heard(line: string): void {
    const said = announcementIn(line);
    if (said?.says === 'leaving') farewellMs = clock.monotonic();
    else if (said?.says === 'node' && open !== null && open.landing === null && !open.asked) {
      const asking = open;
      asking.asked = true;
      void owner.locate(said.node).then((found) => {
        landed(asking, { node: said.node, class: found ?? target.class });
      });
    }
  }

  function landed(connection: Open, landing: Landing): void {
    if (connection !== open || connection.landing !== null) return;
    connection.landing = landing;
    const pair = pairOf(landing);
    owner.open(pair, 1);
    flush(connection, pair);
  }

  function flush(connection: Open, pair: Pair): void {
    owner.exposure(pair, connection.waitingSeconds);
    connection.waitingSeconds = 0;
    for (const seconds of connection.waitingAnswers.splice(0)) owner.answered(pair, seconds);
  }

  function lived(event: ClientEvent): void {
    switch (event.event) {
      case 'connected':
        open = {
          accountedMs: clock.monotonic(),
          landing: planned,
          waitingSeconds: 0,
          waitingAnswers: [],
          asked: false,
        };
        if (planned !== null) owner.open(pairOf(planned), 1);
        return;
      case 'answered':
        answered((event.lateMs + event.latencyMs) / 1_000);
        return;
      case 'failed':
        failed(event);
        return;
      case 'finished':
        close();
    }
  }

  function answered(seconds: number): void {
    if (open === null) return;
    everAnswered = true;
    open.waitingAnswers.push(seconds);
    // A server that greets does so before its first answer; this one does not, and will not say where it is.
    if (open.landing === null && !open.asked) landed(open, { node: '', class: target.class });
    else if (open.landing !== null) flush(open, pairOf(open.landing));
  }

  function failed(event: FailedEvent): void {
    const landing = close();
    if (stopping) return;
    const atMs = clock.monotonic();
    const farewell = atMs - farewellMs <= settings.farewellMs;
    owner.failed({
      event,
      target,
      landing: landing ?? planned,
      farewell,
      atMs,
    });
  }

  /** The connection is over; says where it was. */
  function close(): Landing | null {
    if (open === null) return null;
    account(false);
    const { landing } = open;
    if (landing !== null) owner.open(pairOf(landing), -1);
    else if (everAnswered) flush(open, pairOf({ node: '', class: target.class }));
    open = null;
    return landing;
  }

  function account(stalled: boolean): void {
    if (open === null) return;
    const now = clock.monotonic();
    const seconds = stalled ? 0 : Math.max(0, now - open.accountedMs) / 1_000;
    open.accountedMs = now;
    // The time of a link that was never answered is not time in which a reset would have counted.
    if (open.landing === null || !everAnswered) open.waitingSeconds += seconds;
    else owner.exposure(pairOf(open.landing), seconds);
  }

  return {
    target,
    wasAnswered: () => everAnswered,
    account,
    async stop() {
      stopping = true;
      clearTimeout(starting);
      await fleet?.stop();
    },
  };
}
