// The proof of coverage as it is sent: half a megabyte at thousands of nodes, so it is made no oftener than it is worth, and sent to few at a time.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonType, sendBytes, sendText } from '../http-answers.ts';
import { keepAnswer } from '../kept-answer.ts';
import type { Assignment } from '../plan/assign.ts';
import { coverageOf, probersOf } from '../plan/coverage.ts';
import { heldNodes } from './plan-words.ts';
import type { PlanBoard } from './plan-board.ts';
import type { Poller } from './pollers.ts';

export type SendCoverage = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Agents that stop asking, and the plan's age, are no news. */
const withoutNewsMs = 1_000;
/** So many take it at a time, and of one address: what waits in the kernel for clients that do not read is our memory, too. */
const mostTaking = 16;
const mostTakingPerAddress = 4;

/**
 * To be used while there is a plan.
 * @param synced Whether what the board knows is what the API says now.
 * @param nowMs Monotonic milliseconds.
 */
export function createCoverageAnswer(
  board: PlanBoard,
  pollers: Poller,
  synced: () => boolean,
  nowMs: () => number,
): SendCoverage {
  const taking = new Map<ServerResponse, string>();
  const body = keepAnswer(
    () => {
      const assignment = board.assignment();
      return assignment === null
        ? null
        : Buffer.from(JSON.stringify(coverage(assignment, board, pollers, synced())));
    },
    nowMs,
    { withoutNewsMs, news: () => `${board.version()} ${pollers.arrivals()} ${synced()}` },
  );

  function isTooMany(address: string): boolean {
    const own = [...taking.values()].filter((one) => one === address).length;
    return taking.size >= mostTaking || own >= mostTakingPerAddress;
  }

  return async (request, response) => {
    const address = request.socket.remoteAddress ?? '';
    if (isTooMany(address)) {
      response.setHeader('retry-after', '1');
      sendText(response, 503, 'Too many are taking the coverage at this moment; try again.');
      return;
    }
    taking.set(response, address);
    response.once('close', () => taking.delete(response));
    const made = await body();
    if (made === null) throw new Error('there is no plan');
    sendBytes(response, 200, jsonType, made);
  };
}

function coverage(assignment: Assignment, board: PlanBoard, pollers: Poller, synced: boolean): object {
  const { nodes } = assignment;
  return {
    schemaVersion: 1,
    plan: coverageOf(assignment),
    /** Counting only agents that poll. */
    now: coverageOf(assignment, (agent) => pollers.isPolling(agent)),
    leftOut: nodes.flatMap(({ name, leftOut }) =>
      leftOut === null ? [] : [{ node: name, reason: leftOut }],
    ),
    /** Planned against what the API says of them. */
    held: heldNodes(nodes).map(({ name, doubt }) => ({ node: name, reason: doubt })),
    /** Nodes that are planned and whose agents do not poll. */
    missing: nodes.flatMap(({ name, leftOut }) =>
      leftOut === null && !pollers.isPolling(name) ? [name] : [],
    ),
    /** Seconds since the plan last became another one. */
    planAgeSeconds: board.ageSeconds(),
    /** Whether the coordinator hears the Kubernetes API. */
    synced,
    probers: probersOf(assignment),
  };
}
