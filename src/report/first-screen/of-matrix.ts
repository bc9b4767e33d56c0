// The first screen of a matrix: what its runs lost, each way of losing once, and whether they came out as expected.
import type { FirstScreen, LossAnswer } from '../../model/first-screen.ts';
import type { MatrixCell } from '../formats/format.ts';
import { runChanges } from '../run-title.ts';
import { answerOfFinding } from './answer-of-finding.ts';
import { addEnded, endedWords } from './ended-words.ts';
import { headlineOf } from './headline.ts';
import { lossesOfRun } from './losses-of-run.ts';
import { firstScreenOfRun } from './of-run.ts';

/** @param cells Not empty. */
export function firstScreenOfMatrix(cells: readonly MatrixCell[]): FirstScreen {
  const isSure = cells.every(({ record }) => firstScreenOfRun(record).tone === 'well');
  const { headline, lost } = lossesOf(cells);
  return {
    headline,
    tone: lost > 0 ? 'lost' : isSure ? 'well' : 'unsure',
    answers: answersOf(cells),
    next: null,
    expected: expectedOfMatrix(cells),
  };
}

function lossesOf(cells: readonly MatrixCell[]): { headline: string; lost: number } {
  const losses = cells.map(({ record }) => lossesOfRun(record)).filter(({ lost }) => lost > 0);
  const lost = losses.reduce((sum, one) => sum + one.lost, 0);
  if (lost === 0)
    return {
      lost,
      headline: headlineOf([`no connection was lost in ${runsOf(cells.length, cells.length)}`]),
    };
  const ended = losses.flatMap((one) => one.ended ?? []);
  const all = ended.length === losses.length ? addEnded(ended) : null;
  const where = `in ${runsOf(losses.length, cells.length)}`;
  const rest = cells.length - losses.length;
  return {
    lost,
    headline: headlineOf([
      `${where} ${endedWords(lost, all)}`,
      ...(rest === 0 ? [] : [`${rest === 1 ? 'the other run' : `the other ${rest} runs`} lost none`]),
    ]),
  };
}

const runsOf = (some: number, all: number): string =>
  all === 1 ? 'the one run' : some === all ? `all ${all} runs` : `${some} of ${all} runs`;

/** Findings of one author and one cause, as sure in one run as in another, are one answer with the connections of all. */
function answersOf(cells: readonly MatrixCell[]): LossAnswer[] {
  const found = cells.flatMap(({ record }) => record.findings);
  const said = found.map((finding) => ({ finding, answer: answerOfFinding(finding) }));
  const same = Map.groupBy(said, ({ answer: { who, why } }) =>
    [who.words, why.cause, why.certainty].join('\n'),
  );
  const answers = [...same.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const lost = group.reduce((sum, { answer }) => sum + answer.lost, 0);
    const told = group.flatMap(({ finding }) => finding.ended ?? []);
    const ended = told.length === group.length ? addEnded(told) : null;
    return [{ ...first.answer, lost, what: endedWords(lost, ended) }];
  });
  return answers.sort((a, b) => b.lost - a.lost);
}

/** Of the others it is only said how many there are. */
const mostNamed = 3;

function expectedOfMatrix(cells: readonly MatrixCell[]): NonNullable<FirstScreen['expected']> {
  const wrong = cells.filter(({ record, expected }) => record.verdict.outcome !== expected);
  if (wrong.length === 0) return { met: true, words: `as expected: all ${cells.length} runs` };
  const named = wrong.slice(0, mostNamed).map(({ record, expected }) => {
    const which = runChanges(record) || 'as it is';
    return `${which}: ${record.verdict.outcome}, where ${expected} was expected`;
  });
  const left = wrong.length - named.length;
  const all = [...named, ...(left > 0 ? [`and ${left} more`] : [])].join('; ');
  return { met: false, words: `not as expected: ${wrong.length} of ${cells.length} runs (${all})` };
}
