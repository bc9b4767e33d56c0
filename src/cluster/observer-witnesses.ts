// Which witnesses run in the observers' pods: asked of their logs, before the run rests on them.
import { missingWitness, type MissingWitness } from '../model/missing-witness.ts';
import { parseSourceLine, saysObserving } from '../model/source-line.ts';
import { pause } from '../system/pause.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { containerName } from './names.ts';
import type { PodView } from './pod-view.ts';

export interface ObserverWitnesses {
  /** In the order of the pods. */
  readonly missing: readonly MissingWitness[];
  /** What each node's own rules say of who moves its packets, in words. */
  readonly dataplanes: readonly { readonly node: string; readonly text: string }[];
}

/** Programs start within this on a node that is not overloaded; rules of a large node take a second or two to read. */
const defaultWaitMs = 20_000;
const askEveryMs = 500;

/**
 * Resolves when each observer has told of all its witnesses, at the latest after `atMostMs`. One that has not told by then, or whose
 * log cannot be had, is missing as a whole. Throws only what `kubectl` throws: a Problem when it is interrupted.
 */
export async function observerWitnesses(
  kubectl: Kubectl,
  { namespace, observers }: { readonly namespace: string; readonly observers: readonly PodView[] },
  { atMostMs = defaultWaitMs, signal }: { readonly atMostMs?: number; readonly signal?: AbortSignal } = {},
): Promise<ObserverWitnesses> {
  const told = await Promise.all(
    observers.map(async ({ name, node }) => {
      const where = node ?? name;
      const log = await startOfLog(kubectl, { namespace, name, atMostMs, signal });
      return { node: where, ...readStart(where, log) };
    }),
  );
  return {
    missing: told.flatMap(({ missing }) => missing),
    dataplanes: told.flatMap(({ node, dataplane }) =>
      dataplane === null ? [] : [{ node, text: dataplane }],
    ),
  };
}

/** What an observer's first lines say; `why` stands for lines that are not there. */
function readStart(
  node: string,
  { lines, why }: StartOfLog,
): { readonly missing: readonly MissingWitness[]; readonly dataplane: string | null } {
  const sources = lines.flatMap((line) => parseSourceLine(line) ?? []);
  const missing = sources.flatMap((said) => missingWitness(node, said) ?? []);
  const whole = { node, witness: 'observer', state: 'unavailable' } as const;
  return {
    missing: why === null ? missing : [...missing, { ...whole, reason: why }],
    dataplane:
      sources.find(({ source, state }) => source === 'rule-owners' && state === 'started')?.text ?? null,
  };
}

interface StartOfLog {
  /** Up to the one that says that all witnesses have told. */
  readonly lines: readonly string[];
  /** Null when that line is there. */
  readonly why: string | null;
}

async function startOfLog(
  kubectl: Kubectl,
  pod: {
    readonly namespace: string;
    readonly name: string;
    readonly atMostMs: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<StartOfLog> {
  const words = ['logs', pod.name, `--namespace=${pod.namespace}`, `--container=${containerName}`];
  const deadline = performance.now() + pod.atMostMs;
  for (;;) {
    const answer = await kubectl.ask(words);
    const lines = answer.ok ? answer.stdout.split('\n') : [];
    const last = lines.findIndex(saysObserving);
    if (last !== -1) return { lines: lines.slice(0, last), why: null };
    if (performance.now() > deadline || pod.signal?.aborted === true) {
      const late = `it did not begin to observe within ${Math.round(pod.atMostMs / 1_000)} s`;
      const why = answer.ok ? late : `its log cannot be had: ${answer.failure.sentence}`;
      return { lines, why: pod.signal?.aborted === true ? 'interrupted before it was heard' : why };
    }
    await pause(askEveryMs, pod.signal);
  }
}
