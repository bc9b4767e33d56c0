// What a terminal of 80 columns still shows when a command ends, and whether the answer stands there.
import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import type { FirstScreen } from '../../../src/model/first-screen.ts';
import { widthOf } from '../../../src/report/wrap.ts';

/** As the terminal breaks them, which breaks only what is too wide; a line that was drawn over is what was drawn last. */
export const lastRowsOf = (printed: string, rows: number): string[] =>
  stripVTControlCharacters(printed)
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/\r+$/, '').split('\r').at(-1) ?? '')
    .flatMap((line) => line.match(/.{1,80}/g) ?? [''])
    .slice(-rows);

/** A command goes on behind a backslash. */
export const inOneLine = (rows: readonly string[]) =>
  rows.join('\n').replace(/ \\\n/g, ' ').replace(/\s+/g, ' ');

/** All of the headline, of each answer, and of what was expected. */
export function assertSaidIn(rows: readonly string[], { headline, answers, expected }: FirstScreen): void {
  const said = inOneLine(rows);
  const parts = answers.flatMap(({ who, why, cure, next }) => [
    // The program's own name is as its user types it.
    ...[
      who.words,
      why.words,
      cure?.words ?? 'cure none',
      next?.command.replace(/^(sudo )?netdebug /, '') ?? '',
    ],
  ]);
  for (const words of [headline, ...parts, expected?.words ?? ''])
    assert.ok(withoutBlanks(said).includes(withoutBlanks(words)), `not there: ${words}\n${rows.join('\n')}`);
  assert.deepEqual(
    rows.filter((row) => widthOf(row) > 80),
    [],
  );
}

/** Of several answers the cures may stand in brief; a single one is whole. */
export function withBriefCures(screen: FirstScreen): FirstScreen {
  if (screen.answers.length < 2) return screen;
  const answers = screen.answers.map((answer) => {
    const { cure } = answer;
    return { ...answer, cure: cure && { ...cure, words: cure.words.split(': ', 1)[0] ?? '' } };
  });
  return { ...screen, answers };
}

const withoutBlanks = (words: string) => words.replace(/\s+/g, '');
