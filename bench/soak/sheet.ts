// The soak's balance sheet, as Markdown.
import type { ClassBooks } from './books.ts';
import type { Growth } from './memory.ts';

export interface SoakResult {
  readonly books: readonly ClassBooks[];
  readonly growth: readonly Growth[];
  readonly wrong: readonly string[];
  /** Per class. */
  readonly connections: number;
  readonly duration: string;
}

const begin = '<!-- the soak’s balance sheet: npm run soak -- --write -->';
const end = '<!-- end of the balance sheet -->';

export function sheet({ books, growth, wrong, connections, duration }: SoakResult): string {
  const inAll = connections * books.length;
  const resets = sum(books.map(({ events }) => events.failures.get('reset') ?? 0));
  return [
    `${inAll} connections for ${duration}, ${resets} resets: ${wrong.length === 0 ? 'balanced' : wrong.join('; ')}.`,
    '',
    '| class | sent | answered | failed | cut off by the end | connections made | reset | failed otherwise | not made |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...books.map(({ className, counted, events }) => {
      const reset = events.failures.get('reset') ?? 0;
      const { sent, answered, failedAwaiting, cutOff, connected, failed, notMade } = counted;
      const row = [
        sent,
        answered,
        failedAwaiting,
        cutOff,
        connected,
        reset,
        failed + notMade - reset,
        notMade,
      ];
      return `| ${className} | ${row.join(' | ')} |`;
    }),
    '',
    '| process | memory early | late | descriptors early | late |',
    '|---|---:|---:|---:|---:|',
    ...growth.map(
      ({ name, earlyKib, lateKib, earlyDescriptors, lateDescriptors }) =>
        `| ${name} | ${mib(earlyKib)} | ${mib(lateKib)} | ${earlyDescriptors} | ${lateDescriptors} |`,
    ),
    '',
  ].join('\n');
}

/** The page with this sheet in the place of the one before, or at its end. */
export function putSheet(page: string, text: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  const block = `${begin}\n\n${text}\n${end}`;
  if (from === -1 || to < from) return `${page.trimEnd()}\n\n## The soak\n\n${block}\n`;
  return page.slice(0, from) + block + page.slice(to + end.length);
}

const mib = (kib: number) => `${(kib / 1_024).toFixed(1)} MiB`;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
