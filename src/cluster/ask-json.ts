// An object that a run can do without.
import type { Kubectl } from '../system/tools/kubectl.ts';

/** What `kubectl WORDS -o json` prints, or null when it is refused or not there; with --ignore-not-found kubectl then prints nothing. */
export async function askJson(kubectl: Kubectl, words: readonly string[]): Promise<unknown> {
  const answer = await kubectl.ask([...words, '--output=json']);
  return answer.ok && answer.stdout.trim() !== '' ? JSON.parse(answer.stdout) : null;
}
