// What each class of a run lived through, as the rows of a table.
import type { ClassSummary } from '../model/run-record.ts';
import { endedList } from './first-screen/ended-words.ts';
import { firstAnswerTexts } from './first-answer.ts';

/** What was answered of the probes; older records do not tell, and then it is the probes. */
export function classHeads(classes: readonly ClassSummary[]): string[] {
  const probes = classes.every(({ answered }) => answered !== undefined) ? 'answered' : 'probes';
  return ['class', 'target', 'connections', probes, 'resets', 'episodes', 'other'];
}

/** Each as long as classHeads. */
export function classRows(classes: readonly ClassSummary[]): string[][] {
  const isTold = classes.every(({ answered }) => answered !== undefined);
  return classes.map((one) => [
    one.name,
    one.target,
    String(one.connections),
    String(isTold ? one.answered : one.probes),
    String(one.resets),
    String(one.episodes),
    otherText(one),
  ]);
}

function otherText(one: ClassSummary): string {
  const all = [...endedList(one.otherFailures), ...firstAnswerTexts(one)];
  return all.length === 0 ? '-' : all.join(', ');
}
