// A Kubernetes API of two kinds, for the coordinator in the lab: lists, and watches that go on from a version. What the control plane
// says is put into it by the lab; everything else of an API server is not here.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

type Kind = 'nodes' | 'endpointslices';

export interface ClusterApi {
  readonly port: number;
  /** Adds or replaces an object; its metadata gets the new version. */
  put(kind: Kind, name: string, object: object): void;
  remove(kind: Kind, name: string): void;
  close(): Promise<void>;
}

interface Entry {
  readonly kind: Kind;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  readonly object: object;
}

const listKinds: Readonly<Record<Kind, string>> = { nodes: 'NodeList', endpointslices: 'EndpointSliceList' };
const longestWatchSeconds = 300;

/** Listens on all addresses; port 0 lets the kernel choose. Rejects when the port is taken. */
export async function startClusterApi(port: number): Promise<ClusterApi> {
  const objects: Record<Kind, Map<string, object>> = { nodes: new Map(), endpointslices: new Map() };
  const log: Entry[] = [];
  const watches = new Map<ServerResponse, Kind>();

  function record(kind: Kind, name: string, object: object, type: Entry['type']): void {
    const version = log.length + 1;
    const metadata = {
      ...('metadata' in object ? (object.metadata as object) : {}),
      resourceVersion: String(version),
    };
    const versioned = { ...object, metadata };
    if (type === 'DELETED') objects[kind].delete(name);
    else objects[kind].set(name, versioned);
    const entry = { kind, type, version, object: versioned };
    log.push(entry);
    for (const [response, watched] of watches) if (watched === kind) send(response, entry);
  }

  function watch(response: ServerResponse, kind: Kind, url: URL): void {
    const from = Number(url.searchParams.get('resourceVersion') ?? '0');
    const seconds = Number(url.searchParams.get('timeoutSeconds') ?? longestWatchSeconds);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    for (const entry of log) if (entry.kind === kind && entry.version > from) send(response, entry);
    watches.set(response, kind);
    const timer = setTimeout(() => response.end(), Math.min(seconds, longestWatchSeconds) * 1_000);
    response.once('close', () => {
      clearTimeout(timer);
      watches.delete(response);
    });
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const target = `http://api${request.url ?? '/'}`;
    const url = new URL(URL.canParse(target) ? target : 'http://api/');
    const match =
      /^\/(?:api\/v1|apis\/discovery\.k8s\.io\/v1\/namespaces\/[^/]+)\/(nodes|endpointslices)$/.exec(
        url.pathname,
      );
    const kind = match?.[1] as Kind | undefined;
    if (kind === undefined || request.method !== 'GET') {
      sendJson(response, 404, { kind: 'Status', code: 404, message: `the lab's API has no ${url.pathname}` });
    } else if (['1', 'true'].includes(url.searchParams.get('watch') ?? '')) {
      watch(response, kind, url);
    } else {
      const metadata = { resourceVersion: String(log.length) };
      sendJson(response, 200, { kind: listKinds[kind], metadata, items: [...objects[kind].values()] });
    }
  }

  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : port,
    put: (kind, name, object) => record(kind, name, object, objects[kind].has(name) ? 'MODIFIED' : 'ADDED'),
    remove(kind, name) {
      const object = objects[kind].get(name);
      if (object !== undefined) record(kind, name, object, 'DELETED');
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, { type, object }: Entry): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
