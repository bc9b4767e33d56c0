// `netdebug explain --symptom`: from what was seen to the pages that speak of it.
import { findPages, symptomIn } from '../../causes/by-symptom/symptom-search.ts';
import { catalogue } from '../../causes/index.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import { asTyped } from '../as-typed.ts';
import { print } from '../standard-output.ts';
import { askForPages, canAsk } from './ask-symptom.ts';
import { foundJson, foundText } from './found-pages.ts';

/**
 * Prints the pages; without words, questions on the terminal lead there. The exit code says when there is none. Throws a usage Problem
 * for a cause beside the words, and for no words where nobody can be asked.
 */
export async function bySymptom(
  cause: string | undefined,
  given: true | readonly string[],
  json: boolean,
  columns: number,
): Promise<void> {
  if (cause !== undefined)
    throw new Problem(
      'usage',
      `--symptom leads to a cause; "${cause}" beside it is one, or belongs into quotes.`,
    );
  const said = given === true ? '' : given.join(' ').trim();
  if (said === '' && !canAsk())
    throw new Problem(
      'usage',
      '--symptom needs words where nobody can be asked: netdebug explain --symptom "reset after 15 idle minutes".',
    );
  const pages = said === '' ? await askForPages(catalogue) : findPages(symptomIn(said), catalogue);
  print(json ? foundJson(pages) : asTyped(foundText(pages, columns)));
  if (pages.length === 0) process.exitCode = exitCodes.inconclusive;
}
