// Prose in lines of a given width, with a first line that may differ from the others.

/**
 * Breaks `text` at spaces so that no line is longer than `width` characters, as far as its words allow; a word that is longer
 * has a line of its own. `first` and `rest` stand before the first and the other lines and count towards the width.
 */
export function wrap(text: string, width: number, first = '', rest = first): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const prefix = lines.length === 0 ? first : rest;
    if (line === '') line = prefix + word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = rest + word;
    }
  }
  return line === '' ? lines : [...lines, line];
}
