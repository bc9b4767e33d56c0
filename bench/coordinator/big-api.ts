// An API server of a large cluster in a process of its own: HTTPS with a token, pages, and watches in which the nodes' heartbeats come.
//   node big-api.ts NODES HEARTBEATS-A-SECOND     certificate and key from the tests; says its port to its parent
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { nodeJson, sliceJsons } from './big-cluster.ts';

const [size = 0, heartbeats = 0] = process.argv.slice(2).map(Number);
const certificates = join(import.meta.dirname, '../../test/fixtures/api-certificates');
const read = (name: string) => readFileSync(join(certificates, name));
const slices = sliceJsons(size);
let version = size;

function page(response: ServerResponse, url: URL, count: number, json: (at: number) => string): void {
  const from = Number(url.searchParams.get('continue') ?? '0');
  const to = Math.min(count, from + Number(url.searchParams.get('limit') ?? count));
  const next = to < count ? `"continue":"${to}",` : '';
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(`{"kind":"List","metadata":{${next}"resourceVersion":"${version}"},"items":[`);
  for (let at = from; at < to; at++) response.write(`${at === from ? '' : ','}${json(at)}`);
  response.end(']}\n');
}

function watch(response: ServerResponse, ofNodes: boolean): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  if (!ofNodes || heartbeats === 0) return;
  const timer = setInterval(() => {
    version += 1;
    response.write(`{"type":"MODIFIED","object":${nodeJson((version * 7) % size, version)}}\n`);
  }, 1_000 / heartbeats);
  response.once('close', () => clearInterval(timer));
}

const server = createServer(
  { key: read('server-key.pem'), cert: read('server.pem') },
  (request, response) => {
    const url = new URL(request.url ?? '/', 'https://api');
    const ofNodes = url.pathname.endsWith('/nodes');
    if (request.headers.authorization !== 'Bearer token-of-the-bench') response.writeHead(401).end();
    else if (url.searchParams.get('watch') === 'true') watch(response, ofNodes);
    else if (ofNodes) page(response, url, size, (at) => nodeJson(at, at + 1));
    else page(response, url, slices.length, (at) => slices[at] ?? '');
  },
);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());
