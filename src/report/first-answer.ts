// What is said of attempts before a connection's first answer, which are no lost connections.
import type { ClassSummary } from '../model/run-record.ts';

/** `3 attempts before the first answer`, `2 never answered`: what there is to say, if anything. */
export function firstAnswerTexts({ beforeFirstAnswer, neverAnswered = 0 }: ClassSummary): string[] {
  const attempts = Object.values(beforeFirstAnswer ?? {}).reduce((sum, count) => sum + count, 0);
  return [
    ...(attempts === 0
      ? []
      : [`${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} before the first answer`]),
    ...(neverAnswered === 0 ? [] : [`${neverAnswered} never answered`]),
  ];
}
