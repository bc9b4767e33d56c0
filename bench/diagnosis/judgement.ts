// Whether an answer was right: one rule for all columns, as the page explains it.
import type { Author } from '../../src/model/author.ts';
import type { Certainty } from '../../src/model/certainty.ts';
import type { Finding } from '../../src/model/run-record.ts';

/** What a finding says of who and why, and nothing else of it. */
export interface Answer {
  readonly cause: string;
  readonly causeCertainty: Certainty;
  readonly author: Author;
  readonly authorCertainty: Certainty;
  readonly connections: number;
  /** Who else it may have been; empty unless the author is open. */
  readonly suspects: readonly Author[];
  /** What else it may have been; empty unless the cause is open. */
  readonly rivals: readonly string[];
}

export interface Truth {
  /** Null where nothing is wrong. */
  readonly cause: string | null;
  /** Each is right. */
  readonly authors: readonly Author[];
  /** What is no less right of a smaller finding: what the same fault does to a few in another way. Default: nothing. */
  readonly besides?: readonly { readonly cause: string; readonly author: Author }[];
}

export const verdicts = ['right', 'one of several', 'unknown', 'wrong'] as const;
export type Verdict = (typeof verdicts)[number];

/** Findings of fewer of the lost connections than this share do not make a run wrong. */
const leastShare = 0.1;

export function answerOf({ cause, certainty, author, connections, suspects, rivals }: Finding): Answer {
  const { cause: causeCertainty, author: authorCertainty } = certainty ?? { cause: 'open', author: 'open' };
  return {
    ...{ cause, causeCertainty, author, authorCertainty, connections },
    suspects: authorCertainty === 'open' ? suspects : [],
    rivals: causeCertainty === 'open' ? rivals.map((rival) => rival.cause) : [],
  };
}

/** What an answer says of one question: it names the truth, has it among several, says nothing, or leaves it out. */
type Part = 'named' | 'among several' | 'nothing' | 'wrong';

function causePart({ cause, causeCertainty, rivals }: Answer, truth: Truth): Part {
  return partOf(cause, causeCertainty, rivals, (one) => one === truth.cause);
}

function authorPart({ author, authorCertainty, suspects }: Answer, truth: Truth): Part {
  return partOf(author, authorCertainty, suspects, (one) => truth.authors.some((right) => right === one));
}

function partOf(
  name: string,
  certainty: Certainty,
  others: readonly string[],
  isTrue: (name: string) => boolean,
): Part {
  const said = [name, ...others].filter((one) => one !== 'unknown');
  if (said.length === 0) return 'nothing';
  if (!said.some(isTrue)) return 'wrong';
  return certainty === 'open' ? 'among several' : 'named';
}

/** Of the run, by its largest finding, and by what any other of some size names beside it. */
export function judgeRun(answers: readonly Answer[], truth: Truth): Verdict {
  const largest = largestOf(answers);
  if (largest === null) return truth.cause === null ? 'right' : 'unknown';
  const lost = answers.reduce((sum, { connections }) => sum + connections, 0);
  const accuses = answers
    .filter(({ connections }) => connections >= leastShare * lost)
    .some((answer) => namesWrongly(answer, truth) && (answer === largest || !isBeside(answer, truth)));
  if (accuses) return 'wrong';
  if (truth.cause === null) return 'unknown';
  const parts = [causePart(largest, truth), authorPart(largest, truth)];
  if (parts.includes('wrong')) return 'wrong';
  if (parts.includes('nothing')) return 'unknown';
  return parts.includes('among several') ? 'one of several' : 'right';
}

/** The first of those with most connections; null when nothing was found. */
export function largestOf(answers: readonly Answer[]): Answer | null {
  return answers.reduce<Answer | null>(
    (best, answer) => (best === null || answer.connections > best.connections ? answer : best),
    null,
  );
}

/** Whether all that it names is what the fault does to a few, and it leaves open the rest. */
function isBeside({ cause, causeCertainty, author, authorCertainty }: Answer, truth: Truth): boolean {
  return (truth.besides ?? []).some(
    (other) =>
      (causeCertainty === 'open' || cause === other.cause) &&
      (authorCertainty === 'open' || author === other.author),
  );
}

function namesWrongly(answer: Answer, truth: Truth): boolean {
  const { causeCertainty, authorCertainty } = answer;
  return (
    (causeCertainty !== 'open' && causePart(answer, truth) === 'wrong') ||
    (authorCertainty !== 'open' && authorPart(answer, truth) === 'wrong')
  );
}

/** How often a certainty was said of a question, and how often it was right: of `open`, that the truth was among what it named. */
export interface Kept {
  readonly said: number;
  readonly right: number;
}

/** Of every finding, however small: `proven` is a promise for each of them. */
export function wordKept(
  runs: readonly { readonly answers: readonly Answer[]; readonly truth: Truth }[],
  question: 'author' | 'cause',
  word: Certainty,
): Kept {
  const partOfAnswer = (answer: Answer, truth: Truth): Part =>
    question === 'author' ? authorPart(answer, truth) : causePart(answer, truth);
  const parts = runs.flatMap(({ answers, truth }) =>
    answers
      .filter((answer) => (question === 'author' ? answer.authorCertainty : answer.causeCertainty) === word)
      .map((answer) =>
        answer !== largestOf(answers) && isBeside(answer, truth) ? 'named' : partOfAnswer(answer, truth),
      ),
  );
  const right = parts.filter((part) => part === 'named' || part === 'among several').length;
  return { said: parts.length, right };
}
