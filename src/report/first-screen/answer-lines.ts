// The first screen as lines of text, which stand at the end: a terminal shows the end of what was printed.
import type { FirstScreen, LossAnswer } from '../../model/first-screen.ts';
import { commandLines } from '../command-lines.ts';
import { paint, proseColumns, typed, type TextStyle } from '../text-style.ts';
import { visible } from '../visible.ts';
import { widthOf, wrap } from '../wrap.ts';
import { noCure } from './no-cure.ts';

/** Of a terminal's 24 there must be room for where the run's folder and page are, and for the prompt. */
const mostRows = 17;

/** A diagnosis has no folder: after it come its page, JUnit file and Markdown at most, and the prompt. */
export const mostRowsOfDiagnosis = 20;

/** What was lost, who, why, the cure and what to type next, of each that there is room for; then whether that was expected. */
export function answerLines(screen: FirstScreen, style: TextStyle, most = mostRows): string[] {
  const { tone, answers, next, expected } = screen;
  const headline = prose(screen.headline, style).map((line) => paint(line, tone, style));
  const last = [
    ...(next === null ? [] : nextLines(next, '', style)),
    ...(expected === null
      ? []
      : prose(expected.words, style).map((line) => paint(line, expected.met ? 'well' : 'lost', style))),
  ];
  const [only, another] = answers;
  if (only === undefined) return [...headline, ...last];
  if (another === undefined)
    return [...headline, ...oneAnswer(only, '', only.cure?.words ?? null, style), ...last];
  return [
    ...headline,
    ...severalAnswers(answers, most - rowsOf([...headline, ...last], style), style),
    ...last,
  ];
}

/** As many as there is room for, with whole cures if they all are; each of the others in a line; the rest counted. */
function severalAnswers(answers: readonly LossAnswer[], room: number, style: TextStyle): string[] {
  const titled = (answer: LossAnswer, cure: string | null) => [
    ...prose(`${answer.what}:`, style, '  '),
    ...(isSaidBefore(answer, answers)
      ? oneAnswer({ ...answer, next: null }, '  ', 'as above', style)
      : oneAnswer(answer, '  ', cure, style)),
  ];
  const whole = answers.flatMap((answer) => titled(answer, answer.cure?.words ?? null));
  if (rowsOf(whole, style) <= room) return whole;
  const lines: string[] = [];
  for (const [index, answer] of answers.entries()) {
    const left = answers.length - index;
    const short = titled(answer, briefCure(answer));
    const brief = prose(`${answer.what}: ${answer.why.words}`, style, '  ');
    const used = rowsOf(lines, style);
    const others = left > 1 ? 1 : 0;
    if (index === 0 || used + rowsOf(short, style) + others <= room) lines.push(...short);
    else if (used + rowsOf(brief, style) + others <= room) lines.push(...brief);
    else {
      const lost = answers.slice(index).reduce((sum, one) => sum + one.lost, 0);
      return [...lines, `  and ${lost} more in ${left} ${left === 1 ? 'group' : 'groups'}, see above`];
    }
  }
  return lines;
}

/** The cure and the command of a cause are said with the first of its answers. */
function isSaidBefore(answer: LossAnswer, answers: readonly LossAnswer[]): boolean {
  const first = answers.find(
    ({ cure, next }) => cure?.name === answer.cure?.name && next?.command === answer.next?.command,
  );
  return answer.cure !== null && first !== answer;
}

const briefCure = ({ cure }: LossAnswer): string | null => cure?.words.split(': ', 1)[0] ?? null;

function oneAnswer(answer: LossAnswer, indent: string, cure: string | null, style: TextStyle): string[] {
  const { who, why, next } = answer;
  return [
    ...labelled('who', who.words, indent, style),
    ...labelled('why', painted(why.words, why.cause, 'cause', style), indent, style),
    ...labelled(
      'cure',
      cure === null ? noCure(answer) : painted(cure, answer.cure?.name ?? '', 'cure', style),
      indent,
      style,
    ),
    ...(next === null ? [] : nextLines(next, indent, style)),
  ];
}

/** `text` with its first words, if it has these there, marked. */
function painted(text: string, words: string, look: 'cause' | 'cure', style: TextStyle): string {
  const clean = visible(text);
  if (words === '' || !clean.startsWith(words)) return clean;
  return `${paint(words, look, style)}${clean.slice(words.length)}`;
}

const labelWidth = 6;

function labelled(label: string, text: string, indent: string, style: TextStyle): string[] {
  const first = `${indent}  ${label.padEnd(labelWidth)}`;
  return wrap(text, proseColumns(style), first, ' '.repeat(first.length));
}

function nextLines(next: NonNullable<FirstScreen['next']>, indent: string, style: TextStyle): string[] {
  const { where } = next;
  const first = `${indent}  ${'next'.padEnd(labelWidth)}`;
  const command = visible(typed(next.command, style));
  const rest = ' '.repeat(first.length);
  const more = `${rest}  `;
  if (where === null) return commandLines(command, style.columns, first, more);
  return [
    ...wrap(`${visible(typed(where, style))}:`, proseColumns(style), first, rest),
    ...commandLines(command, style.columns, rest, more),
  ];
}

const prose = (text: string, style: TextStyle, first = ''): string[] =>
  wrap(visible(text), proseColumns(style), first, `${first}  `);

/** Rows that they take on the terminal, which breaks what is too long. */
const rowsOf = (lines: readonly string[], { columns }: TextStyle): number =>
  lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
