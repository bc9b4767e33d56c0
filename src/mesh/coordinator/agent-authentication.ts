// Who may have a node's plan, and so be counted as its agent: a pod of the agents' service account, on that node. Without it any pod
// could pose as the agents of nodes that nobody watches.
import type { ApiFailure } from '../../kubernetes/api-failure.ts';
import { claimsOf } from './token-claims.ts';
import type { TokenReviews } from './token-reviews.ts';

/** Whom an agent's token is meant for, so that one that is stolen here opens nothing else. */
export const agentAudience = 'netdebug-coordinator';

interface Refusal {
  readonly status: 401 | 403 | 503;
  readonly sentence: string;
}

export interface AgentAuthentication {
  /**
   * Null when this is the node's agent.
   * @param authorization The header; undefined when there is none.
   * @param address The client's.
   */
  refusal(authorization: string | undefined, address: string, node: string): Promise<Refusal | null>;
}

export interface AuthenticationSettings {
  /** Of the agents. */
  readonly namespace: string;
  readonly serviceAccount: string;
}

export interface AuthenticationSurroundings {
  readonly reviews: TokenReviews;
  /** Milliseconds since 1970. */
  readonly dateMs: () => number;
  readonly log: (message: string) => void;
}

export function createAgentAuthentication(
  { namespace, serviceAccount }: AuthenticationSettings,
  { reviews, dateMs, log }: AuthenticationSurroundings,
): AgentAuthentication {
  const wanted = `system:serviceaccount:${namespace}:${serviceAccount}`;
  let saidNodeless = false;

  const noToken = refuse(
    401,
    `A plan is given to agents alone: send the token of the service account ${serviceAccount} (namespace ${namespace}, audience ${agentAudience}) as "Authorization: Bearer TOKEN".`,
  );
  const ofAnother = refuse(
    403,
    `This token is not of the service account ${serviceAccount} in namespace ${namespace}.`,
  );

  return {
    async refusal(authorization, address, node) {
      const token = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization ?? '')?.[1];
      const claims = token === undefined ? undefined : claimsOf(token);
      if (token === undefined || claims === undefined) return noToken;
      // Of these the API could say nothing better, so it is not asked.
      if (!claims.audiences.includes(agentAudience)) {
        return refuse(
          401,
          `This token is not meant for ${agentAudience}; give the agents' volume that audience.`,
        );
      }
      if (claims.expires * 1_000 <= dateMs()) return refuse(401, 'This token has expired.');
      if (claims.subject !== wanted) return ofAnother;
      const said = await reviews.of(token, claims.expires, address);
      if (said.authenticated === null) return said.because === 'api-away' ? cannotReview : tooManyReviews;
      if (!said.authenticated) {
        return refuse(
          401,
          `The Kubernetes API does not know this token${said.why === '' ? '' : ` (${said.why})`}.`,
        );
      }
      const { user } = said;
      if (user.name !== wanted) return ofAnother;
      if (user.pod === null) return refuse(403, 'This token is bound to no pod, and so to no node.');
      if (user.node === node) return null;
      if (user.node !== null) {
        return refuse(403, `This token is of a pod on node ${user.node}, which gets that node's plan alone.`);
      }
      if (!saidNodeless) {
        saidNodeless = true;
        log(
          `The token of ${user.pod} names no node, as those of Kubernetes before 1.30 do not: any pod of the service account ${serviceAccount} may ask for any node's plan.`,
        );
      }
      return null;
    },
  };
}

const cannotReview = refuse(
  503,
  'The Kubernetes API does not review tokens at the moment, and it has not vouched for this one before; try again.',
);
const tooManyReviews = refuse(
  503,
  'Too many tokens are waiting for their review, or were no good; try again later.',
);

function refuse(status: Refusal['status'], sentence: string): Refusal {
  return { status, sentence };
}

/** How often it is said again that tokens cannot be reviewed. */
const remindMs = 5 * 60_000;

/**
 * Says when the API stops reviewing tokens, and when it reviews again.
 * @param nowMs Monotonic milliseconds.
 */
export function createReviewWords(
  log: (message: string) => void,
  nowMs: () => number,
): (failure: ApiFailure | null) => void {
  let said = { reason: '', atMs: Number.NEGATIVE_INFINITY };
  return (failure) => {
    const reason = failure?.message ?? '';
    if (reason !== '' && reason === said.reason && nowMs() - said.atMs < remindMs) return;
    said = { reason, atMs: nowMs() };
    if (failure === null) log('The API reviews tokens of agents again.');
    else {
      const forbidden = failure.status === 401 || failure.status === 403;
      const todo = forbidden ? '; allow the coordinator to create tokenreviews' : '';
      log(
        `The API does not review tokens of agents (${reason})${todo}. Agents that it has vouched for go on, others wait.`,
      );
    }
  };
}
