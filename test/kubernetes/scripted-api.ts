// An API server whose answers a test writes, one after the other; over TLS when it is given a certificate, on IPv6, or on a socket.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export type Answer = (response: ServerResponse, url: URL, request: IncomingMessage) => void;

export interface ScriptedApi {
  readonly url: URL;
  readonly port: number;
  /** `/api/v1/nodes?limit=2`, one for each request. */
  readonly asked: readonly string[];
  /** How many connections were made. */
  connections(): number;
}

export const certificate = (name: string) => join(import.meta.dirname, '../fixtures/api-certificates', name);

/** @param answers The last one answers all that follows, too. */
export async function scriptedApi(
  t: TestContext,
  answers: readonly Answer[],
  { host = '127.0.0.1', secure = false, socket = '' } = {},
): Promise<ScriptedApi> {
  const asked: string[] = [];
  let connections = 0;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://api');
    const next = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(request.url ?? '');
    next?.(response, url, request);
  };
  const server = secure
    ? createSecureServer(
        { key: readFileSync(certificate('server-key.pem')), cert: readFileSync(certificate('server.pem')) },
        answer,
      )
    : createServer(answer);
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (socket === '') server.listen(0, host, resolve);
    else server.listen(socket, resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const bound = server.address();
  const port = typeof bound === 'string' || bound === null ? 0 : (bound satisfies AddressInfo).port;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: new URL(`${secure ? 'https' : 'http'}://${name}:${port}`),
    port,
    asked,
    connections: () => connections,
  };
}

/** A Node whose every field that is kept has a value; `padding` makes it as long as a real one. */
export const node = (name: string, padding = '') => ({
  metadata: {
    name,
    resourceVersion: '7',
    labels: { 'topology.kubernetes.io/zone': 'zone-a', 'kubernetes.io/hostname': name },
    annotations: { padding },
  },
  spec: { unschedulable: false, taints: [{ key: 'dedicated', value: 'x', effect: 'NoSchedule' }] },
  status: {
    conditions: [
      { type: 'MemoryPressure', status: 'False' },
      { type: 'Ready', status: 'True' },
    ],
  },
});

/** What of it is kept. */
export const keptNode = (name: string) => ({
  metadata: { name, labels: { 'topology.kubernetes.io/zone': 'zone-a' }, deletionTimestamp: null },
  spec: { unschedulable: false, taints: [] },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});

export const json =
  (status: number, body: object): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };

export const listOf = (names: readonly string[], metadata: object = { resourceVersion: '7' }): Answer =>
  json(200, { kind: 'NodeList', apiVersion: 'v1', metadata, items: names.map((name) => node(name)) });

export const gone = json(410, {
  ...{ kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 },
  message: 'The provided continue parameter is too old',
});

export const eventLine = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
