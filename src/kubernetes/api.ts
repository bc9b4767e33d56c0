// The one place that imports the Kubernetes client: lists and watches the two kinds of objects that the plan is made of.
import { ApiException, CoreV1Api, DiscoveryV1Api, KubeConfig, Watch } from '@kubernetes/client-node';
import { messageOf, Problem } from '../model/problem.ts';

/** Where the credentials are: a pod's own, a file, or wherever kubectl would find them. */
export type KubernetesAccess =
  | { readonly from: 'pod' }
  | { readonly from: 'file'; readonly file: string; readonly context?: string | undefined }
  | { readonly from: 'default'; readonly context?: string | undefined };

interface ListPage {
  readonly objects: readonly unknown[];
  /** Where a watch of what follows begins. */
  readonly version: string;
  /** Undefined on the last page. */
  readonly next: string | undefined;
}

export type WatchEvent =
  | { readonly type: 'put' | 'remove'; readonly object: unknown; readonly version: string }
  | { readonly type: 'bookmark'; readonly version: string }
  | { readonly type: 'error'; readonly status: number; readonly message: string };

/** A request that the API did not answer as it should. `status` is 0 when there was no answer. */
export class ApiFailure extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ApiFailure';
    this.status = status;
  }
}

export interface Watched {
  /** As the API calls it. */
  readonly name: 'nodes' | 'endpointslices.discovery.k8s.io';
  /** Rejects with an ApiFailure. */
  list(next: string | undefined): Promise<ListPage>;
  /** Resolves when the watch ended, as all do; rejects with an ApiFailure when it could not be had. */
  watch(version: string, onEvent: (event: WatchEvent) => void, signal: AbortSignal): Promise<void>;
}

export interface KubernetesApi {
  /** `https://HOST:PORT`, for messages. */
  readonly server: string;
  readonly nodes: Watched;
  readonly endpointSlices: Watched;
}

/** Objects a page: some megabytes at most, since a node has some tens of kilobytes. */
const pageSize = 250;
const listTimeoutMs = 60_000;
/** Asks the API to end each watch then, so that a connection that died unseen is noticed. */
const watchSeconds = 300;

/**
 * Reads the credentials; asks the API nothing yet. Throws a `missing` Problem when there are none to be read.
 * @param service The EndpointSlices of this Service, in this namespace, are watched.
 */
export function openKubernetes(access: KubernetesAccess, namespace: string, service: string): KubernetesApi {
  const config = loadConfig(access);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new Problem(
      'missing',
      'The kubeconfig names no current context; choose one with --context, or with "kubectl config use-context NAME".',
    );
  }
  const core = config.makeApiClient(CoreV1Api);
  const discovery = config.makeApiClient(DiscoveryV1Api);
  const labelSelector = `kubernetes.io/service-name=${service}`;
  const page = (next: string | undefined) => ({
    limit: pageSize,
    ...(next === undefined ? {} : { _continue: next }),
  });
  return {
    server: cluster.server,
    nodes: {
      name: 'nodes',
      list: (next) => listed(core.listNode(page(next))),
      watch: watcher(config, '/api/v1/nodes', {}),
    },
    endpointSlices: {
      name: 'endpointslices.discovery.k8s.io',
      list: (next) =>
        listed(discovery.listNamespacedEndpointSlice({ namespace, labelSelector, ...page(next) })),
      watch: watcher(config, `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
        labelSelector,
      }),
    },
  };
}

function loadConfig(access: KubernetesAccess): KubeConfig {
  const config = new KubeConfig();
  try {
    if (access.from === 'pod') config.loadFromCluster();
    else if (access.from === 'file') config.loadFromFile(access.file);
    else config.loadFromDefault();
  } catch (error) {
    throw new Problem('missing', `The kubeconfig cannot be read: ${messageOf(error)}.`, { cause: error });
  }
  if (access.from !== 'pod' && access.context !== undefined) {
    if (config.getContextObject(access.context) === null) {
      throw new Problem(
        'usage',
        `The kubeconfig has no context "${access.context}"; see "kubectl config get-contexts".`,
      );
    }
    config.setCurrentContext(access.context);
  }
  return config;
}

interface KubernetesList {
  readonly metadata?: { readonly resourceVersion?: string; readonly _continue?: string };
  readonly items: readonly unknown[];
}

async function listed(request: Promise<KubernetesList>): Promise<ListPage> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ApiFailure(0, 'no answer within a minute')), listTimeoutMs);
  });
  try {
    const { metadata, items } = await Promise.race([request, late]);
    const next = metadata?._continue;
    return {
      objects: items,
      version: metadata?.resourceVersion ?? '',
      next: next === undefined || next === '' ? undefined : next,
    };
  } catch (error) {
    throw failureOf(error);
  } finally {
    clearTimeout(timer);
  }
}

function watcher(config: KubeConfig, path: string, query: Record<string, string>): Watched['watch'] {
  return async (version, onEvent, signal) => {
    const parameters = {
      ...query,
      resourceVersion: version,
      allowWatchBookmarks: true,
      timeoutSeconds: watchSeconds,
    };
    await new Promise<void>((resolve, reject) => {
      const ended = (error: unknown) => {
        // The client gives up a watch that was silent for 30 s: an end like any other.
        if (signal.aborted || error === null || error === undefined || isTimeout(error)) resolve();
        else reject(failureOf(error));
      };
      const receive = (type: string, object: unknown) => {
        if (!signal.aborted) onEvent(eventOf(type, object));
      };
      new Watch(config).watch(path, parameters, receive, ended).then((controller) => {
        if (signal.aborted) controller.abort();
        else signal.addEventListener('abort', () => controller.abort(), { once: true });
      }, ended);
    });
  };
}

interface Versioned {
  readonly code?: number;
  readonly message?: string;
  readonly metadata?: { readonly resourceVersion?: string };
}

function eventOf(type: string, object: unknown): WatchEvent {
  const { code, message, metadata } = object as Versioned;
  const version = metadata?.resourceVersion ?? '';
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return { type: 'put', object, version };
    case 'DELETED':
      return { type: 'remove', object, version };
    case 'BOOKMARK':
      return { type: 'bookmark', version };
    default:
      return { type: 'error', status: code ?? 0, message: message ?? type };
  }
}

const isTimeout = (error: unknown) => error instanceof Error && error.name === 'TimeoutError';

function failureOf(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  if (error instanceof ApiException) {
    return new ApiFailure(error.code, statusMessage(error.body) ?? `status ${error.code}`, { cause: error });
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 0;
  // fetch says only that it failed; why is in the cause.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new ApiFailure(status, messageOf(cause) || 'no answer', { cause: error });
}

/** The message of a Kubernetes Status, which comes as text or as an object. */
function statusMessage(body: unknown): string | undefined {
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    if (typeof status === 'object' && status !== null && 'message' in status) return String(status.message);
  } catch {
    // Not JSON: a proxy's page.
  }
  return undefined;
}
