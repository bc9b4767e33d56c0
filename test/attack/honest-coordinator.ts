// The agent's coordinator: honest until a case has it play an impostor, and honest again afterwards.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createListener, type AddressInfo } from 'node:net';
import type { MeshPlan, MeshTarget } from '../../src/model/mesh-plan.ts';
import { ownNode, peerAddress } from './programs.ts';
import { eventually } from './scene.ts';

export type Answer = (response: ServerResponse, request: IncomingMessage, url: URL) => void;

export interface Coordinator {
  readonly url: string;
  /** Where no plan may lead: neither the port of servers nor, the second, an address of theirs. */
  readonly forbidden: readonly { readonly address: string; readonly port: number }[];
  /** How often somebody came there. */
  strayed(): number;
  /** Whoever waits is told to ask again, and from then on gets this. */
  play(answer: Answer): void;
  /** How often the impostor was asked for a plan. */
  asked(): number;
  /** Answers that the impostor gave and that are over: read, cut off, or given up. */
  finished(): number;
  /** Ends the impostor's answers; resolves when the agent waits for news of an honest plan. */
  beHonest(): Promise<void>;
  close(): Promise<void>;
}

export const honestTargets = (port: number): MeshTarget[] => [
  {
    node: ownNode,
    zone: 'zone-a',
    class: 'same-node',
    path: 'pod-ip',
    address: peerAddress,
    port,
    connections: 1,
  },
  {
    node: 'node-2',
    zone: 'zone-b',
    class: 'cross-zone',
    path: 'pod-ip',
    address: peerAddress,
    port,
    connections: 1,
  },
  {
    node: null,
    zone: null,
    class: 'cross-zone',
    path: 'service',
    address: peerAddress,
    port,
    connections: 10,
  },
];

/** Connections of an honest plan. */
export const honestConnections = 12;

export function planOf(targets: readonly MeshTarget[], revision: string): MeshPlan {
  return {
    schemaVersion: 1,
    revision,
    node: ownNode,
    zone: 'zone-a',
    targets: [...targets],
    leftOut: [],
    doubted: [],
  };
}

export async function startHonestCoordinator(peerPort: number): Promise<Coordinator> {
  let revision = 1;
  let impostor: Answer | null = null;
  let asked = 0;
  let finished = 0;
  let strayed = 0;
  const waiting = new Set<ServerResponse>();
  const impostors = new Set<ServerResponse>();

  const plan = () => planOf(honestTargets(peerPort), `honest-${revision}`);
  const tell = (response: ServerResponse, value: unknown) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://coordinator');
    const node = /^\/v1\/nodes\/([^/]+)$/.exec(url.pathname)?.[1];
    if (node !== undefined) {
      tell(response, { node: decodeURIComponent(node), zone: 'zone-b', leftOut: null, doubt: null });
    } else if (impostor !== null) {
      asked += 1;
      impostors.add(response);
      response.once('close', () => {
        impostors.delete(response);
        finished += 1;
      });
      impostor(response, request, url);
    } else if (request.headers['if-none-match'] === `"honest-${revision}"`) {
      waiting.add(response);
      response.once('close', () => waiting.delete(response));
    } else tell(response, plan());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baits = await Promise.all(
    [
      { host: peerAddress, port: 0 },
      { host: '127.77.0.1', port: peerPort },
    ].map(async (where) => {
      const bait = createListener((socket) => {
        strayed += 1;
        socket.destroy();
      });
      bait.listen(where);
      await once(bait, 'listening');
      return bait;
    }),
  );

  const release = () => {
    revision += 1;
    for (const response of waiting) tell(response, plan());
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forbidden: baits.map((bait) => {
      const { address, port } = bait.address() as AddressInfo;
      return { address, port };
    }),
    strayed: () => strayed,
    play(answer) {
      [asked, finished, strayed] = [0, 0, 0];
      impostor = answer;
      release();
    },
    asked: () => asked,
    finished: () => finished,
    async beHonest() {
      impostor = null;
      for (const response of impostors) response.destroy();
      release();
      await eventually('it follows an honest plan again', () => waiting.size > 0);
    },
    async close() {
      for (const bait of baits) bait.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
