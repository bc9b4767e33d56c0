// Brings the observers' folders into the run's, while their pods still stand.
import { existsSync } from 'node:fs';
import { Problem } from '../model/problem.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { containerName } from './names.ts';
import { observerFolder } from './observer-objects.ts';
import type { PodView } from './pod-view.ts';

/** Large evidence over a slow line takes its time. */
const timeoutMs = 120_000;

/**
 * Copies what each observer has of its node with `kubectl cp`, which needs tar in the image. Resolves with the nodes of
 * which something was copied; `onMissed` hears of those of which not all was.
 * @param target The run's folder, and where a node's evidence lies in it; it lies so in the observers' own folder, too.
 */
export async function collectEvidence(
  kubectl: Kubectl,
  { namespace, observers }: { readonly namespace: string; readonly observers: readonly PodView[] },
  target: { readonly folder: string; readonly nodeFolder: (base: string, node: string) => string },
  onMissed: (sentence: string) => void,
): Promise<string[]> {
  const nodes: string[] = [];
  for (const { name, node } of observers) {
    if (node === null) continue;
    const there = `${name}:${target.nodeFolder(observerFolder, node)}`;
    const here = target.nodeFolder(target.folder, node);
    const answer = await kubectl.ask(
      ['cp', there, here, `--namespace=${namespace}`, `--container=${containerName}`],
      { timeoutMs },
    );
    const some = answer.ok || existsSync(here);
    if (some) nodes.push(node);
    if (answer.ok) continue;
    const howMuch = some ? 'could be copied in part only, and that is used' : 'could not be copied';
    onMissed(`The evidence of node ${node} ${howMuch}: ${answer.failure.sentence}`);
  }
  if (nodes.length === 0 && observers.length > 0) {
    throw new Problem('missing', 'No observer handed over its evidence; the sentences above say why.');
  }
  return nodes;
}
