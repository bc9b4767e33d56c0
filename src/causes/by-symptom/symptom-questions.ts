// The questions that lead to a page without a word of the field: each can be answered by whoever saw the failure, and may be left open.
import type { CatalogueEntry } from '../cause-page.ts';
import { findPages, mostPages, rankPages, type FoundPage, type Symptom } from './symptom-search.ts';
import type { Traits } from './symptom-traits.ts';
import { wordsOf } from './symptom-words.ts';

export interface Question {
  readonly ask: string;
  readonly answers: readonly Answer[];
}

export interface Answer {
  readonly says: string;
  readonly traits: Partial<Traits>;
}

export const questions: readonly Question[] = [
  {
    ask: 'How did it end?',
    answers: [
      { says: 'reset (ECONNRESET, "connection reset by peer")', traits: { ends: ['reset'] } },
      { says: 'refused (ECONNREFUSED)', traits: { ends: ['refused'] } },
      { says: 'timed out, or it hangs without an answer', traits: { ends: ['timeout'] } },
      { says: 'closed in order (EOF, "socket hang up")', traits: { ends: ['closed'] } },
    ],
  },
  {
    ask: 'When?',
    answers: [
      { says: 'after a time without traffic', traits: { when: 'idle' } },
      { says: 'in the middle of traffic', traits: { when: 'busy' } },
    ],
  },
  {
    ask: 'How many connections?',
    answers: [
      { says: 'all at once', traits: { spread: 'together' } },
      { says: 'one here, one there', traits: { spread: 'single' } },
    ],
  },
  {
    ask: 'Where?',
    answers: [
      { says: 'on one node only, or between pods of one node', traits: { where: 'one-node' } },
      { says: 'on all nodes', traits: { where: 'everywhere' } },
    ],
  },
  {
    ask: 'What does a new connection do?',
    answers: [
      { says: 'it works at once', traits: { fresh: 'works' } },
      { says: 'it fails, too', traits: { fresh: 'fails' } },
    ],
  },
];

/** What answers say together, in the words of the field as well. */
export function symptomOf(answers: readonly Answer[]): Symptom {
  const said = answers.map(({ says }) => says.replace(/ \(.*\)$/, '')).join('. ');
  const none: Traits = { ends: [] };
  return {
    words: wordsOf(said),
    durations: [],
    traits: answers.reduce((all, { traits }) => ({ ...all, ...traits }), none),
  };
}

/** The pages that nothing of a symptom speaks against, of those for which something speaks; the best first. */
export const fittingPages = (symptom: Symptom, catalogue: readonly CatalogueEntry[]): FoundPage[] =>
  rankPages(symptom, catalogue).filter(({ because, against }) => because.length > 0 && against.length === 0);

/** Where answers lead to: an answer is no slip of the tongue, so what does not fit it is named only where nothing fits. */
export function pagesOfAnswers(symptom: Symptom, catalogue: readonly CatalogueEntry[]): FoundPage[] {
  const fitting = fittingPages(symptom, catalogue);
  return fitting.length > 0 ? fitting.slice(0, mostPages) : findPages(symptom, catalogue);
}
