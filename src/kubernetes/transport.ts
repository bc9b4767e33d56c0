// Requests to the API, by HTTPS from a pod, through a unix socket, or to a URL: their deadlines, their credentials and their failures.
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { formatEndpoint } from '../model/endpoint.ts';
import { failureOf, statusFailure } from './api-failure.ts';
import { openServiceAccount, serviceAccountFolder, type Credentials } from './service-account.ts';

/** How the API is reached. */
export type KubernetesAccess =
  /** As a pod does: `host` and `port` as the kubelet names them; `folder` holds the service account. */
  | { readonly from: 'pod'; readonly host: string; readonly port: number; readonly folder?: string }
  /** Through somebody who logs in for us, such as `kubectl proxy`. */
  | { readonly from: 'socket'; readonly socket: string }
  /** http or https, with a path or without; nobody logs in. */
  | { readonly from: 'url'; readonly url: URL };

export interface Transport {
  /** `https://HOST:PORT`, or the socket, for messages. */
  readonly server: string;
  /**
   * Asks for a path, its query included. Resolves with an answer of 200 whose body is still to be read, by iterating over it; rejects
   * with an ApiFailure when there is another answer or none. `signal` ends the request and its body.
   */
  get(path: string, signal: AbortSignal): Promise<IncomingMessage>;
  /** Sends an object to be created; the same, with an answer of 201. Only for what may be sent twice. */
  post(path: string, object: unknown, signal: AbortSignal): Promise<IncomingMessage>;
  /** Changes the fields of an object that are named (a JSON merge patch); the same, with an answer of 200. */
  patch(path: string, fields: object, signal: AbortSignal): Promise<IncomingMessage>;
  /** Why a body could not be read: an ApiFailure when the network is why, otherwise the error itself. */
  failure(error: unknown): Error;
}

/** A Status is a few hundred bytes, a review some thousand; what is longer is not read. */
const longestStatus = 65_536;
/** A connection over which nothing came for so long is asked by the kernel, once a second, whether it lives. */
const keepAliveMs = 30_000;

/** What a request asks for, and which answer is wanted. */
interface Wanted {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly status: 200 | 201;
  readonly type: string;
}

const reading: Wanted = { method: 'GET', status: 200, type: '' };
const creating: Wanted = { method: 'POST', status: 201, type: 'application/json' };
const changing: Wanted = { method: 'PATCH', status: 200, type: 'application/merge-patch+json' };

interface Place {
  readonly server: string;
  readonly secure: boolean;
  readonly where: RequestOptions;
  readonly prefix: string;
  readonly trusted: string;
  /** Undefined where nobody logs in. */
  readonly credentials: (() => Promise<Credentials>) | undefined;
}

/** Asks nothing yet. Throws a `missing` Problem when the pod has no service account. */
export function createTransport(access: KubernetesAccess): Transport {
  const place = placeOf(access);
  const failure = (error: unknown) => failureOf(error, place.trusted);
  const connections = connectionsOf(place.secure);

  async function ask(
    { method, type }: Wanted,
    path: string,
    body: string | undefined,
    credentials: Credentials | undefined,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const { request, agent } = connections(credentials?.ca);
    const headers = {
      accept: 'application/json',
      'user-agent': 'netdebug',
      ...(credentials === undefined ? {} : { authorization: `Bearer ${credentials.token}` }),
      ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    };
    for (;;) {
      signal.throwIfAborted();
      const asked = request({ ...place.where, method, path: place.prefix + path, headers, agent });
      endWith(signal, asked);
      try {
        return await answered(asked, body);
      } catch (error) {
        // The API closed the connection while we were taking it up again, and has not seen the request.
        const stale = asked.reusedSocket && isReset(error);
        signal.throwIfAborted();
        if (!stale) throw error;
      }
    }
  }

  async function askKnown(
    wanted: Wanted,
    path: string,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    try {
      const credentials = await place.credentials?.();
      let answer = await ask(wanted, path, body, credentials, signal);
      if (answer.statusCode === 401) {
        const now = await place.credentials?.();
        // It was replaced between reading it and using it.
        if (now?.token !== credentials?.token) {
          answer.resume();
          answer = await ask(wanted, path, body, now, signal);
        }
      }
      if (answer.statusCode !== wanted.status)
        throw statusFailure(answer.statusCode ?? 0, await textOf(answer));
      return answer;
    } catch (error) {
      throw failure(error);
    }
  }

  return {
    server: place.server,
    failure,
    get: (path, signal) => askKnown(reading, path, undefined, signal),
    post: (path, object, signal) => askKnown(creating, path, JSON.stringify(object), signal),
    patch: (path, fields, signal) => askKnown(changing, path, JSON.stringify(fields), signal),
  };
}

/**
 * Ends a request, and its answer's body, when the signal aborts. Among the options of the request the signal would go on to the
 * connection, which outlives the request: aborted later, it would end in an error that nobody listens to. For the same reason the
 * connection is ended without an error: when the answer is whole already, the request lets go of it before the error would be told.
 */
function endWith(signal: AbortSignal, asked: ClientRequest): void {
  const end = () => asked.destroy();
  signal.addEventListener('abort', end, { once: true });
  asked.once('close', () => signal.removeEventListener('abort', end));
}

function placeOf(access: KubernetesAccess): Place {
  switch (access.from) {
    case 'pod': {
      const { host, port, folder = serviceAccountFolder } = access;
      const account = openServiceAccount(folder);
      return {
        server: `https://${formatEndpoint({ address: host, port })}`,
        ...{ secure: true, where: { host, port }, prefix: '' },
        trusted: `the CA of the pod's service account`,
        credentials: () => account.read(),
      };
    }
    case 'socket':
      return {
        server: access.socket,
        ...{ secure: false, where: { socketPath: access.socket }, prefix: '' },
        ...{ trusted: 'anybody', credentials: undefined },
      };
    case 'url': {
      const { url } = access;
      const secure = url.protocol === 'https:';
      const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
      return {
        server: url.origin,
        secure,
        where: { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port },
        prefix: url.pathname.replace(/\/$/, ''),
        ...{ trusted: 'this machine', credentials: undefined },
      };
    }
  }
}

interface Connections {
  readonly request: (options: RequestOptions) => ClientRequest;
  readonly agent: Agent;
}

/** Loads the protocol that is used, when it is first used. Another CA than before gets connections of its own. */
function connectionsOf(secure: boolean): (ca: string | undefined) => Connections {
  let made: { readonly ca: string | undefined; readonly connections: Connections } | undefined;
  return (ca) => {
    if (made !== undefined && made.ca === ca) return made.connections;
    // Not imported: an import of node:http reads all that it exports, and with that loads fetch, which is 13 MiB.
    const { request, Agent } = process.getBuiltinModule(secure ? 'node:https' : 'node:http');
    const agent = new Agent({
      ...{ keepAlive: true, keepAliveMsecs: keepAliveMs },
      ...(ca === undefined ? {} : { ca }),
    });
    made = { ca, connections: { request, agent } };
    return made.connections;
  };
}

function answered(asked: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once('response', resolve);
    // Stays on: what happens after the answer has begun is told by its body.
    asked.on('error', reject);
    asked.end(body);
  });
}

/** A body as text, or its beginning where it is longer than any that we expect. */
export async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > longestStatus) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

const isReset = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
