// The coordinator: follows the API, keeps the plan, serves it; when the API is away it goes on serving what it knows, and says so.
import type { Endpoint } from '../../model/endpoint.ts';
import { Problem } from '../../model/problem.ts';
import { createCoordinatorMetrics } from '../../metrics/coordinator-metrics.ts';
import { placeHeader, staleHeader } from '../coordinator-headers.ts';
import { startHttp, type HttpLimits, type Route } from '../http-listener.ts';
import { coverageOf } from '../plan/coverage.ts';
import type { ServiceAddresses } from '../plan/node-plan.ts';
import {
  agentAudience,
  createAgentAuthentication,
  createReviewWords,
  type AuthenticationSettings,
} from './agent-authentication.ts';
import { createClusterState } from './cluster-state.ts';
import { createCoverageAnswer } from './coverage-answer.ts';
import { createDisruptionWatch } from './disruption.ts';
import { follow, type FollowListener } from './follow.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { Watched } from '../../kubernetes/watched-kind.ts';
import type { ApiFailure } from '../../kubernetes/api-failure.ts';
import { createPlanBoard } from './plan-board.ts';
import { planRoutes } from './plan-routes.ts';
import { createPollers } from './pollers.ts';
import { createPlanWords, heldNodes } from './plan-words.ts';
import { createTokenReviews } from './token-reviews.ts';

export interface CoordinatorSettings {
  readonly listen: Endpoint;
  readonly targets: number;
  readonly services: ServiceAddresses;
  /** Changes of the API are gathered for so long before a new plan is made. Milliseconds. */
  readonly settleMs: number;
  /** The node that it is on; undefined when nobody says. */
  readonly node?: string | undefined;
  /** Whose plans are asked for; null when anybody may ask for a plan. */
  readonly agents: AuthenticationSettings | null;
  readonly limits?: Partial<HttpLimits>;
  /** An API that has told nothing so long after the start is given up. Milliseconds; default: never. */
  readonly giveUpMs?: number | undefined;
}

export interface Coordinator {
  readonly local: Endpoint;
  /** Rejects with a Problem when the API refuses us, or is given up, before it has told us anything. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** How often it is said again that the API is away, for the same reason. */
const remindMs = 5 * 60_000;
/** An agent has one to wait on, and some to ask of nodes; where all come from one address, that is to be given. */
const usualLimits = { connections: 8_192, connectionsPerAddress: 64 };

/** Rejects with a Problem when it cannot listen. */
export async function startCoordinator(
  settings: CoordinatorSettings,
  api: KubernetesApi,
  log: (message: string) => void,
): Promise<Coordinator> {
  const nowMs = () => performance.now();
  const state = createClusterState(nowMs);
  const pollers = createPollers(nowMs);
  const disruption = createDisruptionWatch(nowMs);
  const says = createPlanWords();
  const board = createPlanBoard(settings.targets, settings.services, (seconds) => metrics.planned(seconds));
  let settling: NodeJS.Timeout | undefined;
  let judging: NodeJS.Timeout | undefined;
  let stopping = false;

  const metrics = createCoordinatorMetrics(() => {
    const assignment = board.assignment();
    const coverage =
      assignment === null ? undefined : coverageOf(assignment, (agent) => pollers.isPolling(agent));
    const planned = coverage?.planned ?? 0;
    return {
      planned,
      leftOut: (assignment?.nodes.length ?? 0) - planned,
      held: heldNodes(assignment?.nodes ?? []).length,
      covered: planned - (coverage?.uncovered.length ?? 0),
      agents: pollers.count(),
      synced: synced(),
    };
  });

  const sendCoverage = createCoverageAnswer(board, pollers, synced, nowMs);

  // First, so that a port that is taken is said before the API is asked anything.
  const http = await startHttp({
    listen: settings.listen,
    metrics,
    readiness() {
      if (stopping) return { ready: false, sentence: 'stopping' };
      if (board.assignment() === null) {
        return { ready: false, sentence: 'no plan yet: the Kubernetes API has not been read' };
      }
      // Ready all the same: an old plan is better than a Service without endpoints.
      return synced()
        ? { ready: true, sentence: 'ok' }
        : { ready: true, sentence: 'stale: the Kubernetes API is away, and the last plan is served' };
    },
    routes: withHeaders(planRoutes({ board, pollers, agents: authentication(), sendCoverage })),
    log,
    limits: { ...usualLimits, ...settings.limits },
    onBeyond: (limit) => metrics.beyond(limit),
  });

  const followings = [
    follow(api.nodes, state.nodes, listenerOf(api.nodes), Math.random),
    follow(api.endpointSlices, state.slices, listenerOf(api.endpointSlices), Math.random),
  ];
  let everSynced = false;
  let lastFailure = 'no answer yet';
  const givenUp = Promise.withResolvers<never>();
  // Nobody may be waiting for it.
  givenUp.promise.catch(() => undefined);
  const { giveUpMs } = settings;
  const patience =
    giveUpMs === undefined
      ? undefined
      : setTimeout(() => {
          if (!everSynced) givenUp.reject(neverHeard(api.server, giveUpMs, lastFailure));
        }, giveUpMs);

  function authentication() {
    if (settings.agents === null) return null;
    const reviews = createTokenReviews({
      ...{ nowMs, dateMs: Date.now, random: Math.random, onAway: createReviewWords(log, nowMs) },
      review: (token) => api.reviewToken(token, agentAudience),
    });
    return createAgentAuthentication(settings.agents, { reviews, dateMs: Date.now, log });
  }

  /** The routes, each answer saying where we are and whether we hear the API. */
  function withHeaders(routes: Route): Route {
    return (request, response, url) => {
      if (settings.node !== undefined) response.setHeader(placeHeader, settings.node);
      if (!synced()) response.setHeader(staleHeader, 'true');
      return routes(request, response, url);
    };
  }

  function synced(): boolean {
    return followings.every((one) => one.synced());
  }

  function listenerOf({ name }: Watched): FollowListener {
    let said = { reason: '', atMs: Number.NEGATIVE_INFINITY };
    return {
      changed: settle,
      failed({ message }) {
        metrics.watchError();
        lastFailure = message;
        if (message === said.reason && nowMs() - said.atMs < remindMs) return;
        said = { reason: message, atMs: nowMs() };
        log(`${api.server} does not tell us of ${name} (${message}); trying again.`);
      },
      recovered() {
        said = { reason: '', atMs: Number.NEGATIVE_INFINITY };
        log(`${api.server} tells us of ${name} again.`);
        settle();
      },
    };
  }

  function settle(): void {
    settling ??= setTimeout(settled, settings.settleMs);
  }

  function settled(): void {
    settling = undefined;
    // Half of the picture would be a plan that leaves everybody out.
    everSynced ||= synced();
    if (!everSynced) return;
    board.update(disruption.judge(state.view()));
    for (const line of says.news(board.assignment()?.nodes ?? [])) log(line);
    clearTimeout(judging);
    const againMs = disruption.againInMs();
    judging = againMs === null ? undefined : setTimeout(settle, againMs + 1);
  }

  return {
    local: http.local,
    ended: Promise.race([
      givenUp.promise,
      Promise.all(followings.map(({ ended }) => ended)).then(
        () => undefined,
        (error: unknown) => {
          throw refusal(error as ApiFailure);
        },
      ),
    ]),
    async stop() {
      stopping = true;
      clearTimeout(settling);
      clearTimeout(judging);
      clearTimeout(patience);
      for (const one of followings) one.stop();
      await http.close();
    },
  };
}

function neverHeard(server: string, afterMs: number, failure: string): Problem {
  return new Problem(
    'missing',
    `The Kubernetes API at ${server} has told nothing within ${afterMs / 1_000} s (${failure}); see that it runs and can be reached from here, or choose another with --kubeconfig, --context or --api-server.`,
  );
}

function refusal({ status, message }: ApiFailure): Problem {
  if (status === 401) {
    return new Problem(
      'missing',
      `The Kubernetes API does not know who we are (${message}); log in again, or give another --kubeconfig or --context.`,
    );
  }
  return new Problem(
    'missing',
    `The Kubernetes API refuses what the coordinator needs (${message}); allow it to list and watch nodes, and endpointslices in its namespace.`,
  );
}
