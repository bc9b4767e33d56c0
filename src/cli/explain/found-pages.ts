// The pages that a symptom leads to, as text and as JSON: each with its sentence and what of the symptom speaks for it.
import type { FoundPage } from '../../causes/by-symptom/symptom-search.ts';
import { jsonDocument } from '../../model/json-document.ts';
import { wrap } from '../../report/wrap.ts';

export const foundJson = (pages: readonly FoundPage[]): string =>
  jsonDocument(
    pages.map(({ page, score, because, against }) => ({
      ...{ cause: page.id, title: page.title, score: Math.round(score * 100) / 100, because, against },
      command: `netdebug explain ${page.id}`,
    })),
  );

/** Ends with a newline; says what to do where there is no page. */
export function foundText(pages: readonly FoundPage[], columns: number): string {
  if (pages.length === 0) return `${nothing.flatMap((line) => wrap(line, columns)).join('\n')}\n`;
  const blocks = pages.map(({ page, because, against }, index) => {
    const number = `${index + 1}. `;
    const indent = ' '.repeat(number.length);
    const rest = against.length === 0 ? [] : wrap(`Does not fit: ${against.join(', ')}.`, columns, indent);
    return [
      ...wrap(sentence(page.title), columns, number, indent),
      ...wrap(`Fits: ${because.join(', ')}.`, columns, indent),
      ...rest,
      `${indent}netdebug explain ${page.id}`,
    ].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}

const sentence = (title: string) => `${title.charAt(0).toUpperCase()}${title.slice(1)}.`;

const nothing = [
  'No page speaks of that.',
  'Say how it ended (reset, refused, timed out, closed), and after what.',
  'netdebug explain lists all causes; netdebug explain unknown says what to collect.',
];
