// The coordinator's answers: an agent's plan with ETag and long poll, a node's state, and the proof of coverage.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseDuration } from '../../model/duration.ts';
import type { MeshPlan } from '../../model/mesh-plan.ts';
import { messageOf } from '../../model/problem.ts';
import { sendJson, sendText } from '../http-answers.ts';
import type { Route } from '../http-listener.ts';
import type { AgentAuthentication } from './agent-authentication.ts';
import type { SendCoverage } from './coverage-answer.ts';
import type { Poller } from './pollers.ts';
import type { PlanBoard } from './plan-board.ts';

/** Nobody waits longer than this for a change, whatever they ask for. */
const longestWaitMs = 60_000;

interface PlanRoutes {
  readonly board: PlanBoard;
  readonly pollers: Poller;
  /** Null where anybody may ask for a plan. */
  readonly agents: AgentAuthentication | null;
  readonly sendCoverage: SendCoverage;
}

export function planRoutes({ board, pollers, agents, sendCoverage }: PlanRoutes): Route {
  return (request, response, url) => {
    if (url.pathname === '/v1/coverage') {
      if (board.assignment() !== null) return sendCoverage(request, response);
      sendUnknown(response, '', board);
      return true;
    }
    const match = /^\/v1\/(plan|nodes)\/([^/]+)$/.exec(url.pathname);
    const node = decode(match?.[2]);
    if (match?.[1] === 'plan') return sendPlan(request, response, url, node, { board, pollers, agents });
    if (match?.[1] !== 'nodes') return false;
    sendState(response, node, board);
    return true;
  };
}

function decode(text = ''): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function sendPlan(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  node: string,
  { board, pollers, agents }: Omit<PlanRoutes, 'sendCoverage'>,
): Promise<void> {
  let waitMs = 0;
  try {
    waitMs = Math.min(longestWaitMs, parseDuration(url.searchParams.get('wait') ?? '0'));
  } catch (error) {
    sendText(response, 400, `wait: ${messageOf(error)}`);
    return;
  }
  if (await isRefused(request, response, node, agents)) return;
  const had = request.headers['if-none-match']?.replace(/^(?:W\/)?"(.*)"$/, '$1');
  let plan = board.planOf(node);
  if (plan !== undefined) pollers.seen(node, waitMs);
  if (plan !== undefined && plan.revision === had && waitMs > 0) {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), waitMs);
    response.once('close', () => ending.abort());
    await board.changed(node, had, ending.signal);
    clearTimeout(timer);
    if (response.destroyed) return;
    plan = board.planOf(node);
  }
  answer(response, plan, node, had, board);
}

/** Says no to whoever is not the node's agent. True as well when the client has gone meanwhile. */
async function isRefused(
  { socket, headers }: IncomingMessage,
  response: ServerResponse,
  node: string,
  agents: AgentAuthentication | null,
): Promise<boolean> {
  if (agents === null) return false;
  const refusal = await agents.refusal(headers.authorization, socket.remoteAddress ?? '', node);
  if (refusal === null) return response.destroyed;
  if (refusal.status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (refusal.status === 503) response.setHeader('retry-after', '5');
  sendText(response, refusal.status, refusal.sentence);
  return true;
}

function answer(
  response: ServerResponse,
  plan: MeshPlan | undefined,
  node: string,
  had: string | undefined,
  board: PlanBoard,
): void {
  if (plan === undefined) {
    sendUnknown(response, node, board);
    return;
  }
  response.setHeader('etag', `"${plan.revision}"`);
  response.setHeader('cache-control', 'no-cache');
  if (plan.revision === had) {
    response.writeHead(304);
    response.end();
  } else sendJson(response, plan);
}

function sendState(response: ServerResponse, node: string, board: PlanBoard): void {
  const state = board.stateOf(node);
  if (state === undefined) sendUnknown(response, node, board);
  else sendJson(response, state);
}

function sendUnknown(response: ServerResponse, node: string, board: PlanBoard): void {
  if (board.assignment() === null) {
    response.setHeader('retry-after', '1');
    sendText(response, 503, 'There is no plan yet: the Kubernetes API has not been read.');
  } else {
    sendText(
      response,
      404,
      `The cluster has no node "${node}"; give --node the name that "kubectl get nodes" shows.`,
    );
  }
}
