// Asks the API whose a token is. Written out without the schema library, as kept-fields.ts is.
import { ApiFailure } from './api-failure.ts';
import { createTimeLimit } from './time-limit.ts';
import { textOf, type Transport } from './transport.ts';

/** What the API says of a token: whose it is, or why it is nobody's. */
export type TokenReview =
  | { readonly authenticated: true; readonly user: TokenUser }
  /** `why` is the API's own sentence; empty where it says none. */
  | { readonly authenticated: false; readonly why: string };

interface TokenUser {
  /** `system:serviceaccount:NAMESPACE:NAME` of a service account. */
  readonly name: string;
  /** The pod that the token is bound to; null when it is bound to none. */
  readonly pod: string | null;
  /** That pod's node; null where the API does not say it: tokens made by Kubernetes before 1.30 do not name their node. */
  readonly node: string | null;
}

const path = '/apis/authentication.k8s.io/v1/tokenreviews';
/** Kubernetes: staging/src/k8s.io/apiserver/pkg/authentication/serviceaccount/util.go. */
const podNameKey = 'authentication.kubernetes.io/pod-name';
const nodeNameKey = 'authentication.kubernetes.io/node-name';

/** Rejects with an ApiFailure when there is no answer within `timeoutMs`, or another one than a review. */
export async function reviewToken(
  transport: Transport,
  token: string,
  audience: string,
  timeoutMs: number,
): Promise<TokenReview> {
  const deadline = createTimeLimit(timeoutMs);
  const review = {
    ...{ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview' },
    spec: { token, audiences: [audience] },
  };
  try {
    const answer = await transport.post(path, review, deadline.signal);
    return readReview(JSON.parse(await textOf(answer)), audience);
  } catch (error) {
    if (deadline.passed()) throw new ApiFailure(0, `no whole answer within ${timeoutMs / 1_000} s`);
    if (error instanceof SyntaxError)
      throw new ApiFailure(0, 'its answer is no TokenReview', { cause: error });
    throw transport.failure(error);
  } finally {
    deadline.off();
  }
}

interface Answered {
  readonly status?: {
    readonly authenticated?: unknown;
    readonly audiences?: unknown;
    readonly error?: unknown;
    readonly user?: { readonly username?: unknown; readonly extra?: unknown };
  };
}

function readReview(answer: unknown, audience: string): TokenReview {
  const { status } = (answer ?? {}) as Answered;
  const { authenticated, audiences, error, user } = status ?? {};
  if (authenticated !== true) return { authenticated: false, why: typeof error === 'string' ? error : '' };
  // The API's documentation: a server that names no audience has not looked at it, and vouches only for its own.
  if (!Array.isArray(audiences) || !audiences.includes(audience)) {
    return { authenticated: false, why: `the API does not say that it is meant for ${audience}` };
  }
  const extra = new Map(Object.entries(user?.extra ?? {}));
  return {
    authenticated: true,
    user: {
      name: typeof user?.username === 'string' ? user.username : '',
      pod: onlyText(extra.get(podNameKey)),
      node: onlyText(extra.get(nodeNameKey)),
    },
  };
}

/** Each value of `extra` is a list. */
function onlyText(value: unknown): string | null {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return typeof first === 'string' && first !== '' ? first : null;
}
