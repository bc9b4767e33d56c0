// Brings the observers' folders into the run's, while their pods still stand.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../model/problem.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { containerName } from './names.ts';
import { observerFolder } from './observer-objects.ts';
import type { PodView } from './pod-view.ts';

/** Large evidence over a slow line takes its time. */
const timeoutMs = 120_000;

/**
 * Copies each observer's folder to evidence/NODE with `kubectl cp`, which needs tar in the image. Resolves with the nodes that
 * were copied; `onMissed` hears of the others, whose evidence the run then goes without.
 */
export async function collectEvidence(
  kubectl: Kubectl,
  namespace: string,
  observers: readonly PodView[],
  folder: string,
  onMissed: (sentence: string) => void,
): Promise<string[]> {
  const nodes: string[] = [];
  for (const { name, node } of observers) {
    if (node === null) continue;
    const target = join(folder, 'evidence', node);
    await mkdir(target, { recursive: true });
    const source = `${name}:${observerFolder}`;
    const answer = await kubectl.ask(
      ['cp', source, target, `--namespace=${namespace}`, `--container=${containerName}`],
      { timeoutMs },
    );
    if (answer.ok) nodes.push(node);
    else onMissed(`The evidence of node ${node} could not be copied: ${answer.failure.sentence}`);
  }
  if (nodes.length === 0 && observers.length > 0) {
    throw new Problem('missing', 'No observer handed over its evidence; the sentences above say why.');
  }
  return nodes;
}
