// The observers of a watched cluster: one on each node that matters, started when it first does, and anew when it has ended.
import { followObserver, type ObserverStream } from '../../cluster/follow-observer.ts';
import { startObserverPod } from '../../cluster/observer-pod.ts';
import type { WatchObserver } from '../../cluster/watch-objects.ts';
import type { ObserverLine } from '../../model/observer-line.ts';
import { pause } from '../../system/pause.ts';
import type { Kubectl } from '../../system/tools/kubectl.ts';

export interface Wanted {
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
}

export interface ObserversOptions {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly observer: Omit<WatchObserver, 'node'>;
  readonly imageFrom: string;
  readonly startTimeoutMs: number;
  readonly mostNodes: number;
  readonly onLine: (node: string, line: ObserverLine) => void;
  /** Its pod is gone: it is being started anew, or given up. */
  readonly onGone: (node: string, words: string) => void;
  /** It could not be started, or is not to be: once for each node. */
  readonly onFailed: (node: string, error: unknown) => void;
  readonly signal: AbortSignal;
}

export interface Observers {
  /** Has one on this node. */
  on(node: string): void;
  /** Tells all of them what is wanted from now on. */
  want(wanted: Wanted): void;
  readonly nodes: readonly string[];
  /** Ends all streams; resolves when nothing is under way. */
  stop(): Promise<void>;
}

/** One that ends again and again has a reason that nobody here can mend. */
const mostAttempts = 5;
const againAfterMs = 2_000;

export function createObservers(options: ObserversOptions, first: Wanted): Observers {
  const { kubectl, namespace, mostNodes, signal } = options;
  const streams = new Map<string, ObserverStream>();
  const running = new Map<string, Promise<void>>();
  let wanted = first;
  // A function, since it changes while we wait.
  const isOver = () => signal.aborted;

  async function isGone(pod: string): Promise<boolean> {
    const answer = await kubectl.ask(
      ['get', 'pod', pod, `--namespace=${namespace}`, '--output=jsonpath={.status.phase}'],
      { attempts: 1, timeoutMs: 5_000 },
    );
    if (answer.ok) return /^(?:Succeeded|Failed)$/.test(answer.stdout.trim());
    // While the API does not answer nobody knows, and it may well be there.
    return answer.failure.kind === 'not-found';
  }

  async function keep(node: string, index: number): Promise<void> {
    for (let attempt = 1; attempt <= mostAttempts && !isOver(); attempt += 1) {
      const observer = { ...options.observer, node };
      const pod = await startObserverPod(observer, {
        ...{ kubectl, namespace, place: `${index}-${attempt}`, imageFrom: options.imageFrom },
        ...{ timeoutMs: options.startTimeoutMs, signal },
      });
      if (isOver()) return;
      let words = '';
      const stream = followObserver({
        ...{ kubectl, namespace, pod, wanted },
        onLine: (line) => options.onLine(node, line),
        async isGone(last) {
          words = last;
          return await isGone(pod);
        },
      });
      streams.set(node, stream);
      await stream.ended;
      streams.delete(node);
      if (isOver()) return;
      options.onGone(node, words);
      await pause(againAfterMs, signal);
    }
  }

  const start = (node: string, index: number): Promise<void> =>
    keep(node, index).catch((error: unknown) => {
      if (!isOver()) options.onFailed(node, error);
    });

  return {
    on(node) {
      if (running.has(node) || isOver()) return;
      if (running.size >= mostNodes) {
        running.set(node, Promise.resolve());
        const why = `it would be the ${mostNodes + 1}th; --max-nodes allows more`;
        options.onFailed(node, new Error(why));
        return;
      }
      running.set(node, start(node, running.size));
    },
    want(next) {
      if (JSON.stringify(next) === JSON.stringify(wanted)) return;
      wanted = next;
      for (const stream of streams.values()) stream.want(next);
    },
    get nodes() {
      return [...running.keys()];
    },
    async stop() {
      await Promise.all([...streams.values()].map((stream) => stream.stop()));
      await Promise.all(running.values());
    },
  };
}
