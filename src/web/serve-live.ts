// The page of a run while it lasts, on 127.0.0.1 alone: it can be looked at, and nothing can be changed through it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, Problem } from '../model/problem.ts';
import { boundIdleConnections } from './idle-connections.ts';
import { createOwnRequests } from './own-requests.ts';
import { createRecentPage } from './recent-page.ts';
import { createSubscribers, type Parts } from './subscribers.ts';

export interface LiveServer {
  /** `http://127.0.0.1:PORT/SECRET/` */
  readonly url: string;
  /** The run's new state; every open page gets the parts that changed. */
  publish(parts: Parts): void;
  /** Sends the last state, tells every page that it is the last, and closes. Resolves when nothing is open any more. */
  end(parts: Parts): Promise<void>;
}

const longestEndMs = 2_000;
/** For a request to come whole: it has no body, and comes from this machine. */
const longestRequestMs = 5_000;
const lookAfterMs = 1_000;
/** Whole pages that are on their way at once: each is the run so far, and who asks may not read. */
const mostPagesInFlight = 8;

/** Starts to serve at a free port of 127.0.0.1. `page` makes the whole page as it is now. Throws a usage Problem when none can be had. */
export async function serveLive(page: () => string): Promise<LiveServer> {
  const subscribers = createSubscribers();
  const recent = createRecentPage(page);
  const inFlight = new Set<ServerResponse>();
  const limits = {
    headersTimeout: longestRequestMs,
    requestTimeout: longestRequestMs,
    connectionsCheckingInterval: lookAfterMs,
  };
  const server = createServer(limits, (request, response) => answer(request, response));
  const idle = boundIdleConnections(server);
  // So that many requests, sent one after the other without reading, are not as many answers in memory.
  server.maxRequestsPerSocket = 1;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new Problem('usage', `the live page cannot be served: ${messageOf(error)}.`, { cause: error })),
    );
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const own = createOwnRequests(port);

  function answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Content-Security-Policy', "frame-ancestors 'none'");
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    // The address is the secret.
    response.setHeader('Referrer-Policy', 'no-referrer');
    const foreign = own.foreign(request);
    if (foreign !== undefined) {
      refuse(response, 403, foreign);
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      refuse(response, 405, 'This page can only be read.');
    } else if (request.url === own.root) {
      idle.asked(request.socket);
      sendPage(request, response);
    } else if (request.url === `${own.root}events` && request.method === 'GET') {
      idle.asked(request.socket);
      subscribers.add(response);
    } else refuse(response, 404, 'There is only one page.');
  }

  function sendPage(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'HEAD') {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end();
      return;
    }
    // One that stands still is cut off for one that may read.
    const [oldest] = inFlight;
    if (oldest !== undefined && inFlight.size >= mostPagesInFlight) {
      inFlight.delete(oldest);
      oldest.destroy();
    }
    inFlight.add(response);
    response.once('close', () => inFlight.delete(response));
    let html: Buffer;
    try {
      html = recent.bytes();
    } catch (error) {
      // What can't be drawn is no reason for the run to end.
      refuse(response, 500, `The page cannot be drawn: ${messageOf(error)}`);
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(html);
  }

  return {
    url: `http://127.0.0.1:${port}${own.root}`,
    publish(parts) {
      recent.forget();
      subscribers.publish(parts);
    },
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
