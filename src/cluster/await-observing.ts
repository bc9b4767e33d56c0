// Waits until the observers say that they listen: a container that runs has only begun to start its witnesses.
import { pause } from '../system/pause.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { containerName } from './names.ts';
import type { PodView } from './pod-view.ts';

/** What `netdebug observe` prints when every witness that can run listens. */
const readyLine = /^Observing \S+; /m;

export interface ObservingWait {
  readonly namespace: string;
  readonly pods: readonly PodView[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Hears of each observer that did not say it in time, or whose log cannot be read; the run goes on. */
  readonly onMissed: (sentence: string) => void;
}

/** Resolves when each has said so, or the time is over. Throws only an `interrupted` Problem. */
export async function awaitObserving(kubectl: Kubectl, wait: ObservingWait): Promise<void> {
  const deadline = performance.now() + wait.timeoutMs;
  await Promise.all(wait.pods.map((pod) => one(pod)));

  async function one({ name, node }: PodView): Promise<void> {
    for (;;) {
      const answer = await kubectl.ask(
        ['logs', name, `--namespace=${wait.namespace}`, `--container=${containerName}`],
        { attempts: 1 },
      );
      if (answer.ok && readyLine.test(answer.stdout)) return;
      if (performance.now() > deadline || (!answer.ok && answer.failure.kind === 'forbidden')) {
        const why = answer.ok ? 'it did not say so in time' : answer.failure.sentence;
        wait.onMissed(
          `Whether the observer of ${node ?? name} listens is not known, and the clients start without it: ${why}.`,
        );
        return;
      }
      await pause(500, wait.signal);
    }
  }
}
