// What each class of a run lived through, as the rows of a table.
import { formatFigures } from '../model/figures.ts';
import type { ClassSummary, Rate } from '../model/run-record.ts';
import { firstAnswerTexts } from './first-answer.ts';

export const classHeads = [
  'class',
  'target',
  'connections',
  'answers',
  'resets',
  'episodes',
  'resets/h per connection (95%)',
  'other',
] as const;

/** Each as long as classHeads. */
export function classRows(classes: readonly ClassSummary[]): string[][] {
  return classes.map((one) => [
    one.name,
    one.target,
    String(one.connections),
    String(one.probes),
    String(one.resets),
    String(one.episodes),
    rateText(one.resetsPerHour),
    otherText(one),
  ]);
}

function rateText({ estimate, low, high }: Rate): string {
  if (estimate === null || high === null) return 'not observed';
  return `${formatFigures(estimate, 3)} (${formatFigures(low, 3)} to ${formatFigures(high, 3)})`;
}

function otherText(one: ClassSummary): string {
  const some = Object.entries(one.otherFailures).filter(([, count]) => count > 0);
  const all = [...some.map(([kind, count]) => `${count} ${kind}`), ...firstAnswerTexts(one)];
  return all.length === 0 ? '-' : all.join(', ');
}
