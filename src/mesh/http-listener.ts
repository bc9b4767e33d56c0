// The small HTTP server that each part of the mesh has: its metrics, its health, and whatever else it answers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { formatEndpoint, type Endpoint } from '../model/endpoint.ts';
import { messageOf, Problem } from '../model/problem.ts';
import type { Exposition } from '../metrics/registry.ts';

// Not imported: an import of node:http reads all that it exports, and with that loads fetch, which is 13 MiB and as long as the rest.
const { createServer } = process.getBuiltinModule('node:http');

export interface HttpListener {
  /** Where it listens, the port as the kernel chose it. */
  readonly local: Endpoint;
  close(): Promise<void>;
}

/** Answers a path of its own, or says false. */
export type Route = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;

interface Readiness {
  readonly ready: boolean;
  /** What is amiss, even where one can be ready with it; otherwise `ok`. */
  readonly sentence: string;
}

export interface HttpSettings {
  /** An empty address means all. */
  readonly listen: Endpoint;
  readonly metrics: Exposition;
  readonly readiness: () => Readiness;
  readonly routes?: Route;
}

/** Resolves when it listens; rejects with a Problem when it cannot. */
export async function startHttp({ listen, metrics, readiness, routes }: HttpSettings): Promise<HttpListener> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://mesh');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      sendText(response, 405, 'Only GET is answered here.');
    } else if (url.pathname === '/healthz') {
      sendText(response, 200, 'ok');
    } else if (url.pathname === '/readyz') {
      const { ready, sentence } = readiness();
      sendText(response, ready ? 200 : 503, sentence);
    } else if (url.pathname === '/metrics') {
      metrics.text().then(
        (text) => {
          response.writeHead(200, { 'content-type': metrics.contentType });
          response.end(text);
        },
        (error: unknown) => sendText(response, 500, messageOf(error)),
      );
    } else if (routes?.(request, response, url) !== true) {
      sendText(response, 404, 'Nothing is here; see /metrics, /healthz and /readyz.');
    }
  });
  // Pollers' connections outlast their polls, so that each poll does not cost a handshake.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenProblem(error, listen)));
    server.listen({ port: listen.port, ...(listen.address === '' ? {} : { host: listen.address }) }, resolve);
  });
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : listen.port;
  return {
    local: { address: listen.address, port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** One sentence in plain text. */
export function sendText(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${sentence}\n`);
}

export function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function listenProblem(error: unknown, listen: Endpoint): Problem {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const where = formatEndpoint({ address: listen.address === '' ? '*' : listen.address, port: listen.port });
  if (code === 'EADDRINUSE') {
    return new Problem(
      'missing',
      `Port ${listen.port} is taken; see by whom with: ss -ltnp 'sport = :${listen.port}', and end that program or choose another with --listen.`,
      { cause: error },
    );
  }
  if (code === 'EACCES') {
    return new Problem(
      'missing',
      `This user may not listen on port ${listen.port}; choose one from 1024 up with --listen.`,
      { cause: error },
    );
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EINVAL') {
    return new Problem(
      'usage',
      `--listen: "${listen.address}" is not an address of this machine; leave it out to listen on all.`,
      { cause: error },
    );
  }
  return new Problem('fault', `Cannot listen on ${where}: ${messageOf(error)}.`, { cause: error });
}
