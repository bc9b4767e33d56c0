// How wide text is on a terminal, and prose in lines of a given width: wide characters count twice, escapes not at all.
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/**
 * Text of which each character takes one column, as all of ours is: to begin with, the libraries make tables of all emoji, which takes
 * longer than all the rest of a page.
 */
const plain = /^[ -~–—‘’“”…]*$/;

/** Columns that `text` takes, which is a single line. */
export const widthOf = (text: string): number => (plain.test(text) ? text.length : stringWidth(text));

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
  const all = `${'x'.repeat(kept)}${words}`;
  const columns = Math.max(1, width - tail);
  return (plain.test(words) ? fill(all, columns) : wrapAnsi(all, columns).split('\n'))
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .map((line, index) => (index === 0 ? `${first}${line.slice(kept)}` : `${rest}${line}`));
}

/** The lines of plain text, the same as wrap-ansi makes of it. */
function fill(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
