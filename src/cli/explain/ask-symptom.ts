// The questions of `explain --symptom` on a terminal: an answer is its number, an empty line leaves a question open.
import { createInterface } from 'node:readline';
import {
  fittingPages,
  pagesOfAnswers,
  questions,
  symptomOf,
  type Answer,
  type Question,
} from '../../causes/by-symptom/symptom-questions.ts';
import type { FoundPage } from '../../causes/by-symptom/symptom-search.ts';
import type { CatalogueEntry } from '../../causes/cause-page.ts';
import { Problem } from '../../model/problem.ts';

/** Somebody must read the questions, and type. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** Asks until one cause is left, or nothing is left to ask; the end of the input ends the questions. The pages that the answers lead to. */
export async function askForPages(catalogue: readonly CatalogueEntry[]): Promise<FoundPage[]> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const interrupted = Promise.withResolvers<never>();
  terminal.on('SIGINT', () => interrupted.reject(new Problem('interrupted', 'no page was looked for.')));
  const lines = terminal[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string | undefined> => {
    const next: IteratorResult<string, undefined> = await Promise.race([lines.next(), interrupted.promise]);
    return next.value;
  };
  try {
    const given: Answer[] = [];
    for (const [index, question] of questions.entries()) {
      say(`${index === 0 ? '' : '\n'}${asked(question)}`);
      const answer = await chosen(question, nextLine);
      if (answer === 'end') break;
      if (answer === undefined) continue;
      given.push(answer);
      const left = fittingPages(symptomOf(given), catalogue).length;
      if (left > 0) say(`${left} ${left === 1 ? 'cause fits' : 'causes fit'}.\n`);
      if (left === 1) break;
    }
    say('\n');
    return pagesOfAnswers(symptomOf(given), catalogue);
  } finally {
    terminal.close();
  }
}

const say = (text: string) => process.stderr.write(text);

const asked = ({ ask, answers }: Question): string =>
  [`${ask} (Enter: not known)`, ...answers.map(({ says }, index) => `  ${index + 1}  ${says}`), '> '].join(
    '\n',
  );

async function chosen(
  { answers }: Question,
  nextLine: () => Promise<string | undefined>,
): Promise<Answer | 'end' | undefined> {
  for (;;) {
    const line = await nextLine();
    if (line === undefined) return 'end';
    const typed = line.trim();
    if (typed === '') return undefined;
    const answer = /^[1-9]$/.test(typed) ? answers[Number(typed) - 1] : undefined;
    if (answer !== undefined) return answer;
    say(`A number from 1 to ${answers.length}, or Enter.\n> `);
  }
}
