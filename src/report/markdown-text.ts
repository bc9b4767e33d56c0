// Text from outside as Markdown takes it: nothing in a log line becomes a link, a heading or HTML.
import { visible } from './visible.ts';

/** One line of prose. Characters that mean something are escaped, and what at its beginning would make it a list or a rule. */
export function prose(text: string): string {
  const line = visible(text).replace(/\s+/g, ' ').trim();
  return line
    .replace(/[\\`*_[\]<>|#~&]/g, (char) => `\\${char}`)
    .replace(/^[-+=]/, '\\$&')
    .replace(/^([0-9]{1,9})([.)])(?= |$)/, '$1\\$2');
}

/** A line as it is, within prose. */
export function code(text: string): string {
  const line = visible(text).replace(/\s+/g, ' ').trim();
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}

/** Lines as they are, in a fence that none of them can close. */
export function fenced(lines: readonly string[]): string[] {
  const text = lines.flatMap((line) => visible(line).split('\n'));
  const longest = Math.max(2, ...text.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return [fence, ...text, fence];
}

/** A table of GitHub's kind, its cells escaped. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const row = (cells: readonly string[]) => `| ${cells.map(prose).join(' | ')} |`;
  return [row(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(row)];
}
