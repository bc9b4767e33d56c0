// What the coordinator asks of the API: the two kinds of objects that the plan is made of, listed and watched, and whose a token is.
import { readNode, readSlice, type OnUnusable } from './kept-fields.ts';
import { listPage, type ListPage } from './list.ts';
import { reviewToken, type TokenReview } from './token-review.ts';
import { createTransport, type KubernetesAccess } from './transport.ts';
import { longestSilenceMs, watchFrom, type WatchEvent } from './watch.ts';

export interface Watched {
  /** As the API calls it. */
  readonly name: 'nodes' | 'endpointslices.discovery.k8s.io';
  /**
   * One page of them, each reduced to what kept-fields.ts keeps. Rejects with an ApiFailure, of status 410 when `next` has expired and
   * the list begins anew; with another error when what came cannot be read.
   */
  list(next: string | undefined): Promise<ListPage>;
  /** Resolves when the watch ended, as all do; rejects as `list` does. */
  watch(version: string, onEvent: (event: WatchEvent) => void, signal: AbortSignal): Promise<void>;
}

export interface KubernetesApi {
  /** `https://HOST:PORT`, for messages. */
  readonly server: string;
  readonly nodes: Watched;
  readonly endpointSlices: Watched;
  /**
   * Asks whose token it is (TokenReview, authentication.k8s.io/v1). Rejects with an ApiFailure when the API does not say.
   * @param audience Whom the token must be meant for.
   */
  reviewToken(token: string, audience: string): Promise<TokenReview>;
}

export interface ApiLimits {
  /** Objects a page. */
  readonly pageSize: number;
  /** For one page, to its end. */
  readonly listTimeoutMs: number;
  /** A watch over which nothing came for so long is ended. */
  readonly silenceMs: number;
  /** For the review of a token, to its end. */
  readonly reviewTimeoutMs: number;
}

const usualLimits: ApiLimits = {
  ...{ pageSize: 250, listTimeoutMs: 60_000, silenceMs: longestSilenceMs, reviewTimeoutMs: 5_000 },
};
/** Asks the API to end each watch then: a token that is no longer good is noticed, and one server does not keep all watches. */
const watchSeconds = 300;

/**
 * Asks the API nothing yet. Throws a `missing` Problem when a pod's credentials cannot be read.
 * @param service The EndpointSlices of this Service, in this namespace, are watched.
 * @param onUnusable Hears of what kept-fields.ts leaves out, each time.
 */
export function openKubernetes(
  access: KubernetesAccess,
  namespace: string,
  service: string,
  limits: Partial<ApiLimits> = {},
  onUnusable?: OnUnusable,
): KubernetesApi {
  const transport = createTransport(access);
  const { pageSize, listTimeoutMs, silenceMs, reviewTimeoutMs } = { ...usualLimits, ...limits };

  const watched = (
    name: Watched['name'],
    path: string,
    selection: Readonly<Record<string, string>>,
    reduce: (object: unknown) => unknown,
  ): Watched => ({
    name,
    list(next) {
      const page = { limit: String(pageSize), ...(next === undefined ? {} : { continue: next }) };
      return listPage(transport, queried(path, { ...selection, ...page }), reduce, listTimeoutMs);
    },
    watch(version, onEvent, signal) {
      const from = { resourceVersion: version, allowWatchBookmarks: 'true' };
      const until = { timeoutSeconds: String(watchSeconds) };
      const asked = queried(path, { ...selection, watch: 'true', ...from, ...until });
      return watchFrom(transport, asked, reduce, onEvent, signal, silenceMs);
    },
  });

  const slices = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices`;
  return {
    server: transport.server,
    nodes: watched('nodes', '/api/v1/nodes', {}, (object) => readNode(object, onUnusable)),
    endpointSlices: watched(
      'endpointslices.discovery.k8s.io',
      slices,
      { labelSelector: `kubernetes.io/service-name=${service}` },
      (object) => readSlice(object, onUnusable),
    ),
    reviewToken: (token, audience) => reviewToken(transport, token, audience, reviewTimeoutMs),
  };
}

const queried = (path: string, query: Readonly<Record<string, string>>) =>
  `${path}?${new URLSearchParams(query).toString()}`;
