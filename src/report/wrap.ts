// How wide text is on a terminal, and prose in lines of a given width: wide characters count twice, escapes not at all.
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Columns that `text` takes, which is a single line. */
export const widthOf = (text: string): number => stringWidth(text);

/** `text` with blanks behind it, or before it, up to `width` columns. */
export const padTo = (text: string, width: number, side: 'left' | 'right' = 'left'): string => {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'left' ? `${text}${blanks}` : `${blanks}${text}`;
};

/**
 * Breaks `text` at spaces so that no line takes more than `width` columns, as far as its words allow; a word that is longer
 * has a line of its own. `first` and `rest` stand before the first and the other lines and count towards the width. A style is
 * closed at the end of each line and goes on in the next. With an infinite width there is one line.
 */
export function wrap(text: string, width: number, first = '', rest = first): string[] {
  const words = text.replace(/\s+/g, ' ').trim();
  if (words === '') return [];
  const [head, tail] = [widthOf(first), widthOf(rest)];
  if (width === Infinity || head + widthOf(words) <= width) return [`${first}${words}`];
  // What stands before the first line may be wider than before the others: so much is kept free of its first word.
  const kept = Math.max(0, head - tail);
  return wrapAnsi(`${'x'.repeat(kept)}${words}`, Math.max(1, width - tail))
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .map((line, index) => (index === 0 ? `${first}${line.slice(kept)}` : `${rest}${line}`));
}
