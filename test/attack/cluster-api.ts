// The coordinator's Kubernetes API: an honest cluster until a case has it play something else, and honest again afterwards.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from './scene.ts';

/** `kind` and `isWatch` say what is asked for. */
export type ApiAnswer = (
  response: ServerResponse,
  kind: 'nodes' | 'endpointslices',
  isWatch: boolean,
) => void;

export interface ClusterApi {
  readonly url: string;
  /** Has the coordinator ask anew, and from then on gives this. */
  play(answer: ApiAnswer): void;
  /** Answers that have been given since then, or were not wanted to their end. */
  served(): number;
  /** Requests that came since then. */
  asked(): number;
  /** Resolves when the coordinator watches the honest cluster again. */
  beHonest(): Promise<void>;
  close(): Promise<void>;
}

export const nodeNamed = (name: string, zone = 'zone-a') => ({
  metadata: { name, resourceVersion: '7', labels: { 'topology.kubernetes.io/zone': zone } },
  spec: {},
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});

export const sliceNamed = (name: string, nodes: readonly string[], address = '127.0.0.1') => ({
  metadata: { name, resourceVersion: '7' },
  ports: [{ port: 8_080 }],
  endpoints: nodes.map((nodeName) => ({ addresses: [address], nodeName, conditions: { ready: true } })),
});

export const listOf = (items: readonly unknown[], more: object = {}) =>
  JSON.stringify({ kind: 'List', metadata: { resourceVersion: '7', ...more }, items });

export const watchEvent = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;
const bookmark = watchEvent('BOOKMARK', { metadata: { resourceVersion: '7' } });
const perSlice = 100;

export async function startClusterApi(size: number): Promise<ClusterApi> {
  const names = Array.from({ length: size }, (_, at) => `node-${at + 1}`);
  const zones = ['zone-a', 'zone-b', 'zone-c'];
  const objects = {
    nodes: names.map((name, at) => nodeNamed(name, zones[at % zones.length])),
    endpointslices: Array.from({ length: Math.ceil(size / perSlice) }, (_, at) =>
      sliceNamed(`slice-${at}`, names.slice(at * perSlice, (at + 1) * perSlice)),
    ),
  };
  let hostile: ApiAnswer | null = null;
  let asked = 0;
  let served = 0;
  let afterPlay = false;
  const watches = new Map<ServerResponse, string>();
  const hostiles = new Set<ServerResponse>();
  /** Their next watch is told that its version has expired, so that they are listed anew. */
  const expired = new Set<string>();

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://api');
    const kind = url.pathname.endsWith('/nodes') ? 'nodes' : 'endpointslices';
    const isWatch = url.searchParams.get('watch') === 'true';
    if (isWatch && expired.delete(kind)) {
      response.writeHead(410, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', code: 410, message: 'too old' }));
      return;
    }
    if (hostile !== null) {
      asked += 1;
      hostiles.add(response);
      response.once('close', () => {
        hostiles.delete(response);
        served += 1;
      });
      hostile(response, kind, isWatch);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    if (!isWatch) {
      response.end(listOf(objects[kind]));
      return;
    }
    watches.set(response, kind);
    response.once('close', () => watches.delete(response));
    response.write(bookmark);
    // Whoever comes from a hostile API need not list to know the honest cluster again.
    if (afterPlay) for (const object of objects[kind]) response.write(watchEvent('ADDED', object));
  }

  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    play(play) {
      [asked, served] = [0, 0];
      hostile = play;
      for (const kind of ['nodes', 'endpointslices']) expired.add(kind);
      for (const response of watches.keys()) response.end();
    },
    asked: () => asked,
    served: () => served,
    async beHonest() {
      [hostile, afterPlay] = [null, true];
      expired.clear();
      for (const response of hostiles) response.destroy();
      const watched = () => new Set(watches.values()).size === 2;
      await eventually('it lists and watches an honest cluster', watched);
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
