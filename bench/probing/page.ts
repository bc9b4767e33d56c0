// The benchmark's figures as tables and as docs/performance.md, and whether they may be published there.
import { exitCodes } from '../../src/model/problem.ts';
import { apart, isMet, mostApart, refused, spreadOf, type Figure } from './spread.ts';

export interface Section {
  readonly title: string;
  readonly text: string;
  readonly figures: readonly Figure[];
}

/** What the page says of where and how it was measured. */
export interface Circumstances {
  readonly date: string;
  readonly rounds: number;
  readonly machine: string;
  readonly compilers: readonly string[];
  readonly notes: readonly string[];
}

export interface Conclusion {
  readonly exitCode: number;
  /** For the person who waits. */
  readonly sentence: string;
  readonly mayBePublished: boolean;
}

/** Refuses figures of a machine that was not the same throughout: the whole page, for its parts were measured in the same hour. */
export function conclude(sections: readonly Section[]): Conclusion {
  const figure = refused(sections.flatMap(({ figures }) => figures));
  if (figure === undefined)
    return {
      exitCode: exitCodes.finished,
      sentence: `no figure’s quartiles are more than ${percent(mostApart)} of its median apart`,
      mayBePublished: true,
    };
  const spread = spreadOf(figure.values);
  return {
    exitCode: exitCodes.inconclusive,
    sentence:
      `inconclusive: the quartiles of "${figure.name}" are ${quartiles(figure)}, ${percent(apart(spread))} of its median apart, ` +
      `where ${percent(mostApart)} may be; run it again on a machine that does nothing else`,
    mayBePublished: false,
  };
}

export function tables(sections: readonly Section[]): string {
  return sections.map(({ title, text, figures }) => `## ${title}\n\n${text}\n\n${table(figures)}`).join('\n');
}

function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { name, unit, digits, values, limit } = figure;
    const number = (value: number) => `${value.toFixed(digits)}${unit}`;
    const bound =
      limit === undefined
        ? ''
        : 'most' in limit
          ? `at most ${number(limit.most)}`
          : `at least ${number(limit.least)}`;
    const met = isMet(figure);
    const cells = [
      name,
      number(spreadOf(values).middle),
      quartiles(figure),
      bound,
      met === null ? '' : met ? 'met' : 'missed',
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| | median | quartiles | limit | |', '| --- | --- | --- | --- | --- |', ...rows, ''].join('\n');
}

function quartiles({ values, digits, unit }: Figure): string {
  if (values.length < 2) return 'measured once';
  const { low, high } = spreadOf(values);
  return `${low.toFixed(digits)} to ${high.toFixed(digits)}${unit}`;
}

const percent = (share: number) =>
  Number.isFinite(share) ? `${Math.round(100 * share)}%` : 'more than a whole';

/** The part of docs/performance.md that a run writes ends here; what stands below is written by hand and kept. */
export const endMark = '<!-- written by hand from here on -->';

/** @param before The page as it is. */
export function page(
  sections: readonly Section[],
  { date, rounds, machine, compilers, notes }: Circumstances,
  before: string,
): string {
  const at = before.indexOf(endMark);
  const byHand = at === -1 ? '' : before.slice(at + endMark.length + 1);
  return `# What a probe costs

Written by \`npm run bench -- --write\` on ${date}, on ${machine}; the references
were built by ${compilers.join(' and ')}. ${notes.map((note) => `${note}. `).join('')}Everything above the mark comes from that run.

A figure is the median of its rounds, with their quartiles; ${rounds} rounds for what is compared, in each of which all programs took a turn, in an
order drawn anew. A ratio is taken within each round, between neighbours in time, and its median is shown. When the quartiles of any figure are
more than ${percent(mostApart)} of its median apart, the page is not written. Only ratios mean anything elsewhere.

The yardstick is the kernel's: CPU time of every thread in nanoseconds from \`/proc/PID/task/TID/schedstat\`, probes from the bytes that the peer
acknowledged, memory that the process has written from smaps. All log to /dev/null. A client is measured against the C server, a server
against the C client. The references do the same work as ours, which \`bench/reference/README.md\` lists.

${tables(sections)}
${endMark}
${byHand}`;
}
