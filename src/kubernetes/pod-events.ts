// Kubernetes Events on pods: made, and raised when the same happens again.
import { ApiFailure } from './api-failure.ts';
import { createTimeLimit } from './time-limit.ts';
import type { Transport } from './transport.ts';

/** A core/v1 Event, as kubelets make them: `kubectl describe pod` shows it. */
export interface PodEvent {
  /** Of the Event itself, different from all others of its namespace. */
  readonly name: string;
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** ISO 8601, of seconds. */
  readonly firstAt: string;
  readonly lastAt: string;
}

/** What is new of one that was made before. */
type RaisedEvent = Pick<PodEvent, 'name' | 'pod' | 'reason' | 'message' | 'count' | 'lastAt'>;

export interface PodEvents {
  /**
   * Resolves with false when there is one of that name, as after a request that was heard and whose answer was lost. Rejects with an
   * ApiFailure.
   */
  create(event: PodEvent, signal?: AbortSignal): Promise<boolean>;
  /** Rejects with an ApiFailure; of status 404 where the API has let go of it, as it does after an hour without news. */
  raise(event: RaisedEvent, signal?: AbortSignal): Promise<void>;
}

export interface PodEventsOptions {
  /** The node that they are reported from. */
  readonly node: string;
  readonly timeoutMs?: number;
}

const component = 'netdebug';

/** Asks nothing yet. */
export function openPodEvents(
  transport: Transport,
  { node, timeoutMs = 5_000 }: PodEventsOptions,
): PodEvents {
  const whole = async (
    ask: (signal: AbortSignal) => Promise<{ resume(): unknown }>,
    signal: AbortSignal | undefined,
  ) => {
    const deadline = createTimeLimit(timeoutMs, signal);
    try {
      (await ask(deadline.signal)).resume();
    } catch (error) {
      if (deadline.passed()) throw new ApiFailure(0, `no answer within ${timeoutMs / 1_000} s`);
      throw error;
    } finally {
      deadline.off();
    }
  };
  return {
    async create(event, signal) {
      try {
        await whole((until) => transport.post(pathOf(event), objectOf(event, node), until), signal);
        return true;
      } catch (error) {
        if (error instanceof ApiFailure && error.status === 409) return false;
        throw error;
      }
    },
    async raise(event, signal) {
      const { reason, message, count, lastAt } = event;
      const path = `${pathOf(event)}/${encodeURIComponent(event.name)}`;
      const news = { reason, message, count, lastTimestamp: lastAt };
      await whole((until) => transport.patch(path, news, until), signal);
    },
  };
}

const pathOf = ({ pod }: Pick<PodEvent, 'pod'>) =>
  `/api/v1/namespaces/${encodeURIComponent(pod.namespace)}/events`;

/** The object as it is sent. */
export function objectOf(event: PodEvent, node: string) {
  const { name, pod, reason, message, count, firstAt, lastAt } = event;
  return {
    ...{ apiVersion: 'v1', kind: 'Event' },
    metadata: { name, namespace: pod.namespace, labels: { app: component } },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', ...pod },
    ...{ type: 'Warning', reason, message, count },
    ...{ firstTimestamp: firstAt, lastTimestamp: lastAt },
    source: { component, host: node },
    ...{ reportingComponent: component, reportingInstance: node },
  };
}
