// An HTTP server at a coordinator's address that answers as a test tells it to, and an agent that asks it; both on loopback.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { readSeries, type Series } from '../../src/lab/mesh/series.ts';
import { startAgent, type AgentSettings } from '../../src/mesh/agent/agent.ts';
import { anywhere, onLoopback } from './running-coordinator.ts';

export type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** `answer` is asked for each request, at any time for the one that is set then. */
export async function plainCoordinator(t: TestContext, first: Answering) {
  const state = { answer: first, asked: [] as IncomingMessage[] };
  const server = createServer((request, response) => {
    state.asked.push(request);
    response.on('error', () => undefined);
    state.answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return Object.assign(state, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** One connection to node-2's pod unless the targets are others. */
export function planOf(port: number, more: object = {}) {
  return {
    ...{ schemaVersion: 1, revision: 'first', node: 'node-1', zone: 'zone-a', leftOut: [], doubted: [] },
    targets: [target(port)],
    ...more,
  };
}

export function target(port: number, more: object = {}) {
  return {
    ...{ node: 'node-2', zone: 'zone-a', class: 'same-zone', path: 'pod-ip' },
    ...{ address: '127.0.0.1', port, connections: 1, ...more },
  };
}

/** Answers the plan, 304 to whoever has it, and 404 for every node. */
export function giving(plan: { readonly revision: string }): Answering {
  return (request, response) => {
    if (request.url?.startsWith('/v1/nodes/') === true) response.writeHead(404).end('no such node');
    else if (request.headers['if-none-match'] === `"${plan.revision}"`) {
      // Waits, as the real one does, but not for as long.
      setTimeout(() => response.writeHead(304).end(), 200).unref();
    } else response.end(JSON.stringify(plan));
  };
}

/** An agent on node-1 that may dial the port. */
export async function agentOf(
  t: TestContext,
  url: string,
  ports: number[],
  more: Partial<AgentSettings> = {},
) {
  const log: string[] = [];
  const agent = await startAgent(
    {
      ...{ coordinator: url, node: 'node-1', listen: anywhere, periodMs: 50, timeoutMs: 1_000 },
      ...{ holdMs: 100, pairSeries: false, version: 'test', ...onLoopback(...ports), ...more },
    },
    (line) => log.push(line),
  );
  t.after(() => agent.stop());
  const series = async (): Promise<Series[]> =>
    readSeries(await (await fetch(`http://127.0.0.1:${agent.local.port}/metrics`)).text());
  const sum = async (name: string, labels: Readonly<Record<string, string>> = {}) =>
    (await series())
      .filter((one) => one.name === `netdebug_mesh_${name}`)
      .filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))
      .reduce((total, { value }) => total + value, 0);
  return { agent, log, series, sum };
}
