// The page of a run while it lasts, on 127.0.0.1 alone: it can be looked at, and nothing can be changed through it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, Problem } from '../model/problem.ts';
import { createSubscribers, type Parts } from './subscribers.ts';

export interface LiveServer {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  /** The run's new state; every open page gets the parts that changed. */
  publish(parts: Parts): void;
  /** Sends the last state, tells every page that it is the last, and closes. Resolves when nothing is open any more. */
  end(parts: Parts): Promise<void>;
}

const longestEndMs = 2_000;

/** Starts to serve at a free port of 127.0.0.1. `page` makes the whole page as it is now. Throws a usage Problem when none can be had. */
export async function serveLive(page: () => string): Promise<LiveServer> {
  const subscribers = createSubscribers();
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new Problem('usage', `the live page cannot be served: ${messageOf(error)}.`, { cause: error })),
    );
    server.listen(0, '127.0.0.1', resolve);
  });
  const own = (server.address() as AddressInfo).port;
  // A page elsewhere whose name was made to lead to 127.0.0.1 (DNS rebinding) still says its own name here.
  const hosts = [`127.0.0.1:${own}`, `localhost:${own}`];

  function answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Content-Security-Policy', "frame-ancestors 'none'");
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    if (!hosts.includes(request.headers.host ?? '')) {
      refuse(response, 403, 'This page is for 127.0.0.1 alone.');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      refuse(response, 405, 'This page can only be read.');
      return;
    }
    if (request.url === '/') {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
      response.end(request.method === 'HEAD' ? undefined : page());
    } else if (request.url === '/events' && request.method === 'GET') {
      if (!subscribers.add(response)) refuse(response, 503, 'Too many pages are open.');
    } else refuse(response, 404, 'There is only one page.');
  }

  return {
    url: `http://127.0.0.1:${own}/`,
    publish: (parts) => subscribers.publish(parts),
    async end(parts) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await subscribers.end(parts, longestEndMs);
      server.closeAllConnections();
      await closed;
    },
  };
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${why}\n`);
}
