// The page of one command: what its help says, in the sections that a manual has.
import type { Described } from './described.ts';
import { bold, paragraph, plain, rows, section, term, verbatim } from './roff.ts';

export interface Edition {
  readonly version: string;
  /** YYYY-MM-DD. */
  readonly date: string;
}

/** @param others The names of all pages. */
export function page(described: Described, others: readonly string[], { version, date }: Edition): string {
  const name = pageName(described.words);
  const { notes, examples, status } = partsOf(described.after);
  const about = described.about.replace(/\.$/, '');
  return [
    `.TH ${plain(name).toUpperCase()} 1 "${date}" "netdebug ${version}" "netdebug"\n.nh\n.ad l\n`,
    section('name', `${plain(name)} \\- ${plain(about)}`),
    section('synopsis', `${bold(described.words)} ${plain(described.usage)}`),
    section('description', paragraph(sentence(described.about)).replace('.PP\n', '') + notes),
    section('arguments', rows(described.args.map((row) => [term(row.term), plain(row.about)]))),
    section('options', rows(described.options.map((row) => [term(row.term), plain(row.about)]))),
    section(
      'commands',
      rows(
        described.commands.map((row) => [
          `${bold(pageName(`${described.words} ${row.term}`))}(1)`,
          plain(row.about),
        ]),
      ),
    ),
    section('examples', examples.replace(/^\.PP\n/, '')),
    section('exit status', status.replace(/^\.PP\n/, '')),
    section('see also', seeAlso(name, others)),
  ].join('');
}

export const pageName = (words: string): string => words.replaceAll(' ', '-');

const sentence = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;

/** What help says at its end: examples are indented below a line that ends in a colon, exit codes begin so, and the rest are notes. */
function partsOf(after: string): { notes: string; examples: string; status: string } {
  const parts = { notes: '', examples: '', status: '' };
  for (const block of after.trim().split(/\n{2,}/)) {
    const [first = '', ...rest] = block.split('\n');
    const isListed = first.endsWith(':') && rest.length > 0 && rest.every((line) => line.startsWith(' '));
    if (isListed) {
      const heading = first === 'Examples:' ? '' : paragraph(first);
      parts.examples += heading + verbatim(rest.map((line) => line.slice(2)).join('\n'));
    } else if (/^Exit codes?[: ]|^Ends with [0-9]/.test(block)) parts.status += paragraph(block);
    else if (block.trim() !== '') parts.notes += paragraph(block);
  }
  return parts;
}

/** Whatever is one step up, down or beside. */
function seeAlso(name: string, others: readonly string[]): string {
  const up = name.slice(0, Math.max(0, name.lastIndexOf('-')));
  const near = others.filter((other) => {
    const above = other.slice(0, Math.max(0, other.lastIndexOf('-')));
    return other !== name && (other === up || above === name || (above === up && up !== ''));
  });
  return near.map((other) => `${bold(other)}(1)`).join(',\n');
}
