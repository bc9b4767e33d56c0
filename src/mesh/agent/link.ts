// One connection that the plan wants, kept up by a fleet of one: what each connection in it lives through, told as the metrics count it.
import type { MeshTarget } from '../../model/mesh-plan.ts';
import type { ClientEvent, FailedEvent } from '../../model/probe-event.ts';
import type { Pair } from '../../metrics/agent-metrics.ts';
import { startFleet, type Fleet } from '../../probe/fleet.ts';
import type { Surroundings } from '../../probe/surroundings.ts';
import type { Resolve } from '../../probe/lookup.ts';
import { announcementIn } from '../announcements.ts';
import { hasProven } from './ending.ts';
import { isExpected, unexpected, type Landing } from './landing.ts';
import type { PeerPace } from './peer-pace.ts';
import { peerOf } from './slots.ts';

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
  readonly pace: PeerPace;
  /** How names become addresses. */
  readonly resolve: Resolve;
  /** Where a Service led to, when the server says that it was to this node; must not reject. */
  locate(node: string, target: MeshTarget): Promise<Landing>;
  /** The server is not the one that the plan names, or is none of the mesh's. */
  contradicted(said: string, target: MeshTarget): void;
  /** The server says so much that it was not asked that we hung up. */
  hungUp(target: MeshTarget): void;
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
  /** The server said that it leaves, and it is not known yet who it is. */
  leaving: boolean;
  /** Lines since the last answer. */
  unasked: number;
}

/** A server of the mesh says no more at once than its node's name. */
const maxLine = 1_024;
/** Between two answers; a server of the mesh says two, and one that says them without end takes all of our time. */
const mostUnasked = 100;

/** Starts dialling after `delayMs`, so that the links of one agent do not all say their line at the same moment. */
export function startLink(
  target: MeshTarget,
  settings: LinkSettings,
  owner: LinkOwner,
  delayMs: number,
): Link {
  const { clock, loopDelayMs } = owner.surroundings;
  const planned: Landing | null =
    target.node === null ? null : { node: target.node, label: target.node, class: target.class };
  const peer = peerOf(target);
  let open: Open | null = null;
  /** In a row, of connections that were not made or did not prove themselves. */
  let failures = 0;
  let dialledMs = 0;
  let farewellMs = Number.NEGATIVE_INFINITY;
  let stopping = false;
  let everAnswered = false;

  let fleet: Fleet | undefined;
  let callOff: () => void = () => undefined;
  const starting = setTimeout(dialInTurn, delayMs);

  function dialInTurn(): void {
    callOff = owner.pace.wait(peer, failures, () => {
      dialledMs = clock.monotonic();
      fleet = start();
    });
  }

  /** For one connection: when it fails, the next is for us to time. */
  function start(): Fleet {
    return startFleet(
      {
        resolve: owner.resolve,
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
    return { source: settings.source, target: landing.label, class: landing.class, path: target.path };
  }

  function heard(line: string): void {
    if (open === null) return;
    open.unasked += 1;
    if (open.unasked > mostUnasked) {
      hangUp();
      return;
    }
    const said = announcementIn(line);
    if (said === undefined) return;
    if (said.says === 'leaving') leaving(open);
    else if (!open.asked) greeted(open, said.node);
  }

  /** The first greeting of a connection: who the plan says, or somebody whose word is not taken. */
  function greeted(connection: Open, node: string): void {
    connection.asked = true;
    if (planned === null && connection.landing === null) {
      void owner.locate(node, target).then((landing) => landed(connection, landing));
    } else if (planned !== null && node !== planned.node) {
      owner.contradicted(node, target);
      if (connection.landing !== null) owner.open(pairOf(connection.landing), -1);
      connection.landing = null;
      landed(connection, unexpected(target));
    }
  }

  /** Only from whom the plan says the peer is: anybody else could have all that it does left out. */
  function leaving(connection: Open): void {
    if (connection.landing === null) connection.leaving = true;
    else if (isExpected(connection.landing)) farewellMs = clock.monotonic();
  }

  function landed(connection: Open, landing: Landing): void {
    if (connection !== open || connection.landing !== null) return;
    connection.landing = landing;
    if (connection.leaving) leaving(connection);
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
          leaving: false,
          unasked: 0,
        };
        if (planned !== null) owner.open(pairOf(planned), 1);
        return;
      case 'answered':
        answered((event.lateMs + event.latencyMs) / 1_000);
        if (hasProven(event.answers, 0)) proved();
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
    open.unasked = 0;
    open.waitingAnswers.push(seconds);
    // A server that greets does so before its first answer; this one does not, and will not say where it is.
    if (open.landing === null && !open.asked) landed(open, { node: '', label: '', class: target.class });
    else if (open.landing !== null) flush(open, pairOf(open.landing));
  }

  function proved(): void {
    failures = 0;
    owner.pace.proved(peer);
  }

  function dialAnew(hadProven: boolean): void {
    if (hadProven) proved();
    else {
      failures += 1;
      owner.pace.failed(peer, dialledMs);
    }
    // At once, before it dials again by itself.
    void fleet?.stop();
    dialInTurn();
  }

  function hangUp(): void {
    close();
    if (stopping) return;
    dialAnew(false);
    owner.hungUp(target);
  }

  function failed(event: FailedEvent): void {
    const landing = close();
    if (stopping) return;
    dialAnew(hasProven(event.answers, event.livedMs));
    const atMs = clock.monotonic();
    const farewell = atMs - farewellMs <= settings.farewellMs;
    owner.failed({
      // Each fleet knows of its own connections only.
      event: { ...event, slotAnswered: everAnswered },
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
    else if (everAnswered) flush(open, pairOf({ node: '', label: '', class: target.class }));
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
      callOff();
      await fleet?.stop();
    },
  };
}
