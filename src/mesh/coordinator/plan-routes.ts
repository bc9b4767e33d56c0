// The coordinator's answers: an agent's plan with ETag and long poll, a node's state, and the proof of coverage.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseDuration } from '../../model/duration.ts';
import type { MeshPlan } from '../../model/mesh-plan.ts';
import { messageOf } from '../../model/problem.ts';
import { sendJson, sendText, type Route } from '../http-listener.ts';
import { coverageOf, probersOf } from '../plan/coverage.ts';
import type { Poller } from './pollers.ts';
import type { PlanBoard } from './plan-board.ts';
import { heldNodes } from './plan-words.ts';

/** Nobody waits longer than this for a change, whatever they ask for. */
const longestWaitMs = 60_000;

/** @param synced Whether what the board knows is what the API says now. */
export function planRoutes(board: PlanBoard, pollers: Poller, synced: () => boolean): Route {
  return (request, response, url) => {
    const match = /^\/v1\/(plan|nodes)\/([^/]+)$/.exec(url.pathname);
    if (url.pathname === '/v1/coverage') sendCoverage(response, board, pollers, synced);
    else if (match?.[1] === 'plan') void sendPlan(request, response, url, decode(match[2]), board, pollers);
    else if (match?.[1] === 'nodes') sendState(response, decode(match[2]), board);
    else return false;
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
  board: PlanBoard,
  pollers: Poller,
): Promise<void> {
  let waitMs = 0;
  try {
    waitMs = Math.min(longestWaitMs, parseDuration(url.searchParams.get('wait') ?? '0'));
  } catch (error) {
    sendText(response, 400, `wait: ${messageOf(error)}`);
    return;
  }
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

function sendCoverage(
  response: ServerResponse,
  board: PlanBoard,
  pollers: Poller,
  synced: () => boolean,
): void {
  const assignment = board.assignment();
  if (assignment === null) {
    sendUnknown(response, '', board);
    return;
  }
  const left = assignment.nodes.flatMap(({ name, leftOut }) =>
    leftOut === null ? [] : [{ node: name, reason: leftOut }],
  );
  sendJson(response, {
    schemaVersion: 1,
    plan: coverageOf(assignment),
    /** Counting only agents that poll. */
    now: coverageOf(assignment, (agent) => pollers.isPolling(agent)),
    leftOut: left,
    /** Planned against what the API says of them. */
    held: heldNodes(assignment.nodes).map(({ name, doubt }) => ({ node: name, reason: doubt })),
    /** Nodes that are planned and whose agents do not poll. */
    missing: assignment.nodes.flatMap(({ name, leftOut }) =>
      leftOut === null && !pollers.isPolling(name) ? [name] : [],
    ),
    /** Seconds since the plan last became another one. */
    planAgeSeconds: board.ageSeconds(),
    /** Whether the coordinator hears the Kubernetes API. */
    synced: synced(),
    probers: probersOf(assignment),
  });
}
