// What the coordinator asks of the API: the two kinds of objects that the plan is made of, listed and watched, and whose a token is.
import { readNode, readSlice, type OnUnusable } from './kept-fields.ts';
import { reviewToken, type TokenReview } from './token-review.ts';
import { createTransport, type KubernetesAccess } from './transport.ts';
import { createWatched, usualWatchedLimits, type Watched, type WatchedLimits } from './watched-kind.ts';

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

export interface ApiLimits extends WatchedLimits {
  /** For the review of a token, to its end. */
  readonly reviewTimeoutMs: number;
}

const usualLimits: ApiLimits = { ...usualWatchedLimits, reviewTimeoutMs: 5_000 };

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
  const { reviewTimeoutMs, ...bounds } = { ...usualLimits, ...limits };
  const slices = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices`;
  return {
    server: transport.server,
    nodes: createWatched(
      transport,
      {
        ...{ name: 'nodes', path: '/api/v1/nodes', selection: {} },
        reduce: (object) => readNode(object, onUnusable),
      },
      bounds,
    ),
    endpointSlices: createWatched(
      transport,
      {
        ...{ name: 'endpointslices.discovery.k8s.io', path: slices },
        selection: { labelSelector: `kubernetes.io/service-name=${service}` },
        reduce: (object) => readSlice(object, onUnusable),
      },
      bounds,
    ),
    reviewToken: (token, audience) => reviewToken(transport, token, audience, reviewTimeoutMs),
  };
}
