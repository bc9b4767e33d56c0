// The small HTTP server that each part of the mesh has: its metrics, its health, and whatever else it answers. Whoever reaches it may
// send it anything, so no request ends the process, and none makes it hold more than its limits say.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { formatEndpoint, type Endpoint } from '../model/endpoint.ts';
import { messageOf, Problem } from '../model/problem.ts';
import type { Exposition } from '../metrics/registry.ts';
import { createConnectionGate, type BeyondLimit, type GateLimits } from './connection-gate.ts';
import { createFaultWords } from './fault-words.ts';
import { sendBytes, sendText } from './http-answers.ts';
import { keepAnswer } from './kept-answer.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { readTarget } from './request-target.ts';

// Not imported: an import of node:http reads all that it exports, and with that loads fetch, which is 13 MiB and as long as the rest.
const { createServer } = process.getBuiltinModule('node:http');

export interface HttpListener {
  /** Where it listens, the port as the kernel chose it. */
  readonly local: Endpoint;
  close(): Promise<void>;
}

/** Answers a path of its own, at once or until the promise is kept, or says false. It may throw and reject: that becomes a 500. */
export type Route = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean | Promise<void>;

interface Readiness {
  readonly ready: boolean;
  /** What is amiss, even where one can be ready with it; otherwise `ok`. */
  readonly sentence: string;
}

export interface HttpLimits extends GateLimits {
  /** A client that has not taken an answer so long after it was given has its connection closed. */
  readonly answerMs: number;
  /** A request comes whole within this time, or not at all. */
  readonly requestMs: number;
}

export interface HttpSettings {
  /** An empty address means all. */
  readonly listen: Endpoint;
  readonly metrics: Exposition;
  readonly readiness: () => Readiness;
  readonly routes?: Route;
  readonly log: (message: string) => void;
  readonly limits?: Partial<HttpLimits>;
  /** Hears of each connection that is beyond a limit. */
  readonly onBeyond?: (limit: BeyondLimit) => void;
  /** The option that says where to listen, for messages; default: --listen. */
  readonly flag?: string;
}

/** Scrapers, probes and whoever looks: a handful. */
const usualLimits: HttpLimits = {
  ...{ connections: 256, connectionsPerAddress: 32, answerMs: 10_000, requestMs: 10_000 },
};
/** Pollers' connections outlast their polls, so that each poll does not cost a handshake. */
const keepAliveTimeout = 65_000;
const mostPipelined = 8;

const ignore = () => undefined;

/** Resolves when it listens; rejects with a Problem when it cannot. */
export async function startHttp(settings: HttpSettings): Promise<HttpListener> {
  const { listen, metrics, readiness, routes, log, onBeyond = () => undefined } = settings;
  const limits = { ...usualLimits, ...settings.limits };
  const nowMs = () => performance.now();
  const faults = createFaultWords(log, nowMs);
  const gate = createConnectionGate(limits, onBeyond);
  const exposition = keepAnswer(async () => Buffer.from(await metrics.text()), nowMs);

  function answer(request: IncomingMessage, response: ServerResponse): boolean | Promise<void> {
    const url = readTarget(request.url ?? '');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const beyond = gate.isBeyond(request.socket);
    // What nobody wants to read is not waited for: the connection goes with the answer.
    const hasBody =
      Number(request.headers['content-length'] ?? 0) !== 0 || 'transfer-encoding' in request.headers;
    if (url === undefined || !isRead || hasBody || beyond) response.setHeader('connection', 'close');
    if (url === undefined) sendText(response, 400, 'What is asked for is no path of this server.');
    else if (!isRead) {
      response.setHeader('allow', 'GET, HEAD');
      sendText(response, 405, 'Only GET is answered here.');
    } else if (url.pathname === '/healthz') {
      sendText(response, 200, 'ok');
    } else if (url.pathname === '/readyz') {
      const { ready, sentence } = readiness();
      sendText(response, ready ? 200 : 503, sentence);
    } else if (beyond) {
      response.setHeader('retry-after', '5');
      sendText(
        response,
        503,
        'Too many connections are open; only /healthz and /readyz are answered beyond that.',
      );
    } else if (url.pathname === '/metrics') {
      return exposition().then((body) => sendBytes(response, 200, metrics.contentType, body));
    } else {
      const answered = routes?.(request, response, url) ?? false;
      if (answered === false) sendText(response, 404, 'Nothing is here; see /metrics, /healthz and /readyz.');
      return answered;
    }
    return true;
  }

  function fail(error: unknown, { method = '', url = '' }: IncomingMessage, response: ServerResponse): void {
    faults.say(`${method} ${url}`, error);
    if (response.headersSent) response.destroy();
    else sendText(response, 500, 'netdebug failed to answer that, by its own fault; its log says why.');
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    // An answer for a client that has gone meanwhile.
    response.on('error', ignore);
    // Comes when the answer was given, and all of it is with the socket.
    response.once('prefinish', () => {
      const timer = setTimeout(() => request.socket.destroy(), limits.answerMs);
      response.once('close', () => clearTimeout(timer));
    });
    try {
      const answered = answer(request, response);
      if (typeof answered === 'object') answered.catch((error: unknown) => fail(error, request, response));
    } catch (error) {
      fail(error, request, response);
    }
  }

  const takeRequest = oneAtATime(handle, mostPipelined);
  const { requestMs } = limits;
  const times = {
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: requestMs / 4,
  };
  const server = createServer({ ...times, keepAliveTimeout }, takeRequest);
  // A body that waits to be asked for is not wanted either.
  server.on('checkContinue', takeRequest);
  server.on('connection', (socket) => gate.accepted(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenProblem(error, settings)));
    server.listen({ port: listen.port, ...(listen.address === '' ? {} : { host: listen.address }) }, resolve);
  });
  // Such as too many open files: those that are there go on.
  server.on('error', (error) => faults.say('A new connection', error));
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

function listenProblem(
  error: unknown,
  { listen, flag = '--listen' }: Pick<HttpSettings, 'listen' | 'flag'>,
): Problem {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const where = formatEndpoint({ address: listen.address === '' ? '*' : listen.address, port: listen.port });
  if (code === 'EADDRINUSE') {
    return new Problem(
      'missing',
      `Port ${listen.port} is taken; see by whom with: ss -ltnp 'sport = :${listen.port}', and end that program or choose another with ${flag}.`,
      { cause: error },
    );
  }
  if (code === 'EACCES') {
    return new Problem(
      'missing',
      `This user may not listen on port ${listen.port}; choose one from 1024 up with ${flag}.`,
      { cause: error },
    );
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EINVAL') {
    return new Problem(
      'usage',
      `${flag}: "${listen.address}" is not an address of this machine; leave it out to listen on all.`,
      { cause: error },
    );
  }
  return new Problem('fault', `Cannot listen on ${where}: ${messageOf(error)}.`, { cause: error });
}
