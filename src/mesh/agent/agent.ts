// The agent: holds the connections that its plan wants, counts what they live through, and leaves out what a life cycle explains.
import { lookup } from 'node:dns';
import type { Endpoint } from '../../model/endpoint.ts';
import { systemClock } from '../../model/clock.ts';
import type { MeshPlan } from '../../model/mesh-plan.ts';
import { isBeforeFirstAnswer } from '../../model/probe-event.ts';
import { messageOf } from '../../model/problem.ts';
import { createAgentMetrics } from '../../metrics/agent-metrics.ts';
import { watchLoopDelay } from '../../probe/loop-delay.ts';
import { createWhereabouts } from './whereabouts.ts';
import { startHttp } from '../http-listener.ts';
import { startCoordinatorClient } from './coordinator-client.ts';
import { createHoldBack } from './hold-back.ts';
import { isRst, outcomeOf } from './ending.ts';
import { exclusionFor } from './exclusion.ts';
import { foreignText } from './foreign-text.ts';
import { createIsolationWatch, mayBeIsolation } from './isolation-watch.ts';
import { createLeftOutMemory } from './left-out-memory.ts';
import { isExpected, type Landing } from './landing.ts';
import { startLink, type Link, type LinkFailure, type LinkOwner } from './link.ts';
import { createPeerPace } from './peer-pace.ts';
import { checkPlan, outOfRange, type PlanLimits } from './plan-check.ts';
import { readPlanFile, writePlanFile } from './plan-file.ts';
import { createTellRefusal, Refusal, strangerSentence, talkerSentence } from './refusal.ts';
import { createResetCounter } from './reset-counter.ts';
import { keysOf, peerOf } from './slots.ts';
import { stallMs, watchStalls } from './stall-watch.ts';
import { lookupWithin, type TargetRanges } from './target-ranges.ts';

export interface AgentSettings {
  /** `http://HOST:PORT` */
  readonly coordinator: string;
  /** With what the coordinator is shown who asks; undefined when nothing is. */
  readonly tokenFile?: string;
  readonly node: string;
  /** Where connections may go, whatever the plan says. */
  readonly targetRanges: TargetRanges;
  readonly targetPorts: readonly number[];
  readonly listen: Endpoint;
  readonly periodMs: number;
  readonly timeoutMs: number;
  /** How long failures are held back. */
  readonly holdMs: number;
  readonly pairSeries: boolean;
  readonly planFile?: string;
  readonly version: string;
}

export interface Agent {
  readonly local: Endpoint;
  stop(): Promise<void>;
}

/** Links begin within one period, but not later than this. */
const longestDelayMs = 5_000;
/** News may be older than the failure that it explains: a node is cordoned, then drained, then its pods end. */
const graceBeforeMs = 60_000;
/** A coordinator that is away, or does not hear the API, is waited for so much longer; then what is known decides. */
const confirmMs = 5 * 60_000;
const mostWaiting = 2_000;
/** More failures than these are not held back: with a minute for each, 500 connections make no more unless something is wrong. */
const mostHeld = 20_000;
/** Between two answers of other nodes there is less than this, or than two periods. */
const silentMs = 1_000;

/** Rejects with a Problem when it cannot listen. A coordinator that is away is waited for. */
export async function startAgent(settings: AgentSettings, log: (message: string) => void): Promise<Agent> {
  const { node: self, holdMs, periodMs } = settings;
  const clock = systemClock();
  const nowMs = () => clock.monotonic();
  const links = new Map<string, Link>();
  const memory = createLeftOutMemory(nowMs);
  const doubts = createLeftOutMemory(nowMs);
  let plan: MeshPlan | undefined;
  let stoppingSinceMs: number | null = null;

  const metrics = createAgentMetrics({
    version: settings.version,
    pairs: settings.pairSeries,
    onScrape: () => {
      stalls.look();
      account(false);
      metrics.unanswered(
        [...links.values()].filter((link) => !link.wasAnswered()).map(({ target }) => target),
      );
    },
    planAge() {
      const confirmed = client.confirmedMs();
      return confirmed === null ? Number.NaN : (nowMs() - confirmed) / 1_000;
    },
  });
  // A trigger is noticed within a period; twice that also covers probes that run late (docs/calibration.md).
  const resets = createResetCounter(2 * periodMs, metrics);
  const held = createHoldBack<LinkFailure>(
    { holdMs, waitMs: confirmMs, mostWaiting, mostHeld },
    { nowMs, heardMs: () => client.heardMs(), settle },
  );
  const isolation = createIsolationWatch(
    Math.min(settings.timeoutMs, Math.max(2 * periodMs, silentMs)),
    nowMs,
    () => client.reaches(),
  );
  const loopDelay = watchLoopDelay(nowMs);
  const stalls = watchStalls(nowMs, (lateMs) => {
    metrics.loopDelay(lateMs / 1_000);
    account(lateMs >= stallMs);
    held.tick();
    isolation.tick(plan?.targets.some(({ node }) => node !== self) === true);
  });

  const http = await startHttp({
    listen: settings.listen,
    metrics,
    readiness() {
      if (stoppingSinceMs !== null) return { ready: false, sentence: 'stopping' };
      if (plan === undefined)
        return { ready: false, sentence: 'no plan yet: the coordinator has not answered' };
      return { ready: true, sentence: 'ok' };
    },
    log,
  }).catch((error: unknown) => {
    stalls.stop();
    loopDelay.stop();
    throw error;
  });

  const tell = createTellRefusal(nowMs, log, (reason) => metrics.refused(reason));
  const limits: PlanLimits = { node: self, ranges: settings.targetRanges, ports: settings.targetPorts };
  const client = startCoordinatorClient(
    { coordinator: settings.coordinator, node: self, tokenFile: settings.tokenFile },
    {
      ...{ nowMs, random: Math.random, log, onPlan: takePlan, hasPlan: () => plan !== undefined },
      planOf: (text) => checkPlan(text, limits, tell),
      refused: (reason) => metrics.refused(reason),
    },
  );
  const whereabouts = createWhereabouts(self, nowMs, (node) => client.stateOf(node));
  const pace = createPeerPace(nowMs, Math.random);
  const owner: LinkOwner = {
    surroundings: { clock, loopDelayMs: () => loopDelay.current() },
    pace,
    resolve: lookupWithin(settings.targetRanges, lookup, (host, address) =>
      tell('address', outOfRange(`has ${foreignText(host)} at ${foreignText(address)}`)),
    ),
    async locate(node, target) {
      const landing = await whereabouts.locate(node, target);
      if (landing.contradicts) owner.contradicted(node, target);
      return landing;
    },
    contradicted: (said, target) => tell('unexpected-server', strangerSentence(said, target)),
    hungUp: (target) => tell('unexpected-server', talkerSentence(target)),
    open: (pair, change) => metrics.open(pair, change),
    exposure: (pair, seconds) => metrics.exposure(pair, seconds),
    answered(pair, seconds) {
      metrics.answer(pair, seconds);
      metrics.probe(pair, 'answered');
      if (pair.target !== self && pair.class !== 'same-node') isolation.answered();
    },
    failed: (failure) => held.put(failure),
  };
  if (settings.planFile !== undefined) await followFile(settings.planFile);

  function account(stalled: boolean): void {
    for (const link of links.values()) link.account(stalled);
  }

  async function followFile(file: string): Promise<void> {
    try {
      const text = await readPlanFile(file);
      // The coordinator may have answered meanwhile.
      if (text === undefined || plan !== undefined) return;
      const kept = checkPlan(text, limits, tell);
      log('Going by the plan of the plan file until the coordinator answers.');
      follow(kept);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      metrics.refused(error.reason);
      log(`The plan file ${file} holds no plan to follow (${error.message}); waiting for the coordinator's.`);
    }
  }

  function takePlan(fresh: MeshPlan): void {
    follow(fresh);
    if (settings.planFile === undefined) return;
    writePlanFile(settings.planFile, fresh).catch((error: unknown) => {
      log(`The plan is not kept for a restart: ${messageOf(error)}.`);
    });
  }

  function follow(fresh: MeshPlan): void {
    if (stoppingSinceMs !== null) return;
    const first = plan === undefined;
    plan = fresh;
    memory.now(fresh.leftOut);
    doubts.now(fresh.doubted);
    metrics.info(self, fresh.zone);
    metrics.targets(
      fresh.targets.map((target) => ({
        route: target,
        connections: target.connections,
        anywhere: target.node === null,
      })),
    );
    whereabouts.follow(fresh);
    metrics.keepPairs(new Set(fresh.targets.flatMap(({ node }) => node ?? [])));
    pace.keep(new Set(fresh.targets.map(peerOf)));
    const wanted = new Map(fresh.targets.flatMap(keysOf));
    let [begun, ended] = [0, 0];
    for (const [key, link] of links) {
      if (wanted.has(key)) continue;
      links.delete(key);
      void link.stop();
      ended += 1;
    }
    for (const [key, target] of wanted) {
      if (links.has(key)) continue;
      const delayMs = Math.random() * Math.min(periodMs, longestDelayMs);
      links.set(
        key,
        startLink(
          target,
          { source: self, periodMs, timeoutMs: settings.timeoutMs, farewellMs: holdMs },
          owner,
          delayMs,
        ),
      );
      begun += 1;
    }
    const same = !first && begun + ended === 0;
    if (!same)
      log(`Plan ${fresh.revision}: ${links.size} connections, ${begun} of them new, ${ended} closed.`);
  }

  /** Counts a failure, or leaves it out; says false when that cannot be decided yet. */
  async function settle(failure: LinkFailure, last: boolean): Promise<boolean> {
    const { event, target, landing, farewell, atMs } = failure;
    const route = { class: landing?.class ?? target.class, path: target.path };
    const outcome = outcomeOf(event);
    const answeredBefore = !isBeforeFirstAnswer(event);
    const held = { atMs, loopDelayMs: event.loopDelayMs, farewell, wasReset: isRst(event), answeredBefore };
    const since = atMs - graceBeforeMs;
    const known = () => ({
      stoppingSinceMs,
      stalls: stalls.recent(),
      target: landing === null || !isExpected(landing) ? null : memory.since(landing.node, since),
      own: memory.since(self, since),
      doubted: doubts.since(self, since) !== null || isDoubted(landing, since),
      isolated: mayBeIsolation(failure) && isolation.overlaps(waitedSinceMs(failure), atMs),
    });
    let cause = exclusionFor(held, known());
    if (cause === null && landing !== null && isExpected(landing)) {
      const state = await client.stateOf(landing.node);
      if (state === 'gone') {
        // It was there when we reached it, and the coordinator remembers for a while: it is gone for long. Not while its plan has it.
        if (!isPlanned(landing.node)) memory.heard(landing.node, 'node-deleting');
      } else if (state !== undefined) {
        memory.heard(landing.node, state.leftOut);
        doubts.heard(landing.node, state.doubt);
      }
      cause = exclusionFor(held, known());
    }
    if (cause !== null) {
      metrics.excluded(route, cause);
      return true;
    }
    // A node that was lost may be known as lost only to a coordinator that we cannot hear, or that cannot hear the API.
    if (!last && (client.heardMs() ?? Number.NEGATIVE_INFINITY) <= atMs) return false;
    metrics.probe(route, outcome);
    if (outcome === 'reset') resets.count({ source: self, target: landing?.label ?? '', ...route }, atMs);
    return true;
  }

  /** Of a connection through the Service that landed nowhere, whether it might have landed on one. */
  function isDoubted(landing: Landing | null, sinceMs: number): boolean {
    if (landing !== null && isExpected(landing)) return doubts.since(landing.node, sinceMs) !== null;
    return plan?.doubted.some(({ node }) => doubts.since(node, sinceMs) !== null) === true;
  }

  function isPlanned(node: string): boolean {
    return plan?.targets.some((target) => target.node === node) === true;
  }

  function waitedSinceMs({ event, atMs }: LinkFailure): number {
    return event.failure === 'timeout' ? atMs - settings.timeoutMs : atMs;
  }

  return {
    local: http.local,
    async stop() {
      stoppingSinceMs = nowMs();
      client.stop();
      await Promise.all([...links.values()].map((link) => link.stop()));
      stalls.stop();
      loopDelay.stop();
      await http.close();
    },
  };
}
