// The names of what a cluster has, for a shell that offers them while somebody types: soon, or none.
import { findKubectl, type KubectlTarget } from '../system/tools/kubectl.ts';

/** Who presses Tab waits no longer than this. */
const patienceMs = 1_000;

/** @param words A command of kubectl that prints a name a line, `kind/name` as `--output=name` does. */
export async function offeredNames(target: KubectlTarget, words: readonly string[]): Promise<string[]> {
  try {
    const kubectl = findKubectl(target, AbortSignal.timeout(patienceMs));
    const answer = await kubectl.ask(words, { attempts: 1 });
    if (!answer.ok) return [];
    const lines = answer.stdout.split('\n').filter((line) => line !== '');
    return words[0] === 'get' ? lines.map((line) => line.slice(line.indexOf('/') + 1)) : lines;
  } catch {
    // No kubectl, or no answer in time.
    return [];
  }
}
