// A command in lines that a terminal does not break and a shell takes as one: copied with its backslashes it is what it was.
import { widthOf } from './wrap.ts';

/** What a shell reads as one word, quotes and all. */
const shellWord = /(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g;

/** `first` and `rest` stand before the first and the other lines. A word that is too long has a line of its own. */
export function commandLines(command: string, columns: number, first: string, rest = first): string[] {
  const words = command.match(shellWord) ?? [];
  const isOneLine = widthOf(first) + widthOf(command) <= columns;
  // Anything else than words with a blank between them is left as it is.
  if (isOneLine || words.join(' ') !== command) return [`${first}${command}`];
  const lines: string[][] = [[]];
  for (const [index, word] of words.entries()) {
    const line = lines.at(-1) ?? [];
    const indent = lines.length === 1 ? first : rest;
    const backslash = index === words.length - 1 ? '' : ' \\';
    const isFull = widthOf(`${indent}${[...line, word].join(' ')}${backslash}`) > columns;
    if (isFull && line.length > 0) lines.push([word]);
    else line.push(word);
  }
  return lines.map((line, index) => {
    const end = index === lines.length - 1 ? '' : ' \\';
    return `${index === 0 ? first : rest}${line.join(' ')}${end}`;
  });
}
