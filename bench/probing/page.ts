// The benchmark's figures as a table and as docs/performance.md.
import { cpus, release, totalmem } from 'node:os';

export interface Target {
  readonly name: string;
  readonly value: number | null;
  readonly limit: number;
  readonly met: boolean | null;
}

export interface Figures {
  readonly rounds: number;
  readonly targets: readonly Target[];
  /** Name → value with unit, in their order. */
  readonly others: readonly (readonly [string, string])[];
  readonly raw: unknown;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function table({ targets, others }: Figures): string {
  const rows = targets.map(({ name, value, limit, met }) => {
    const verdict = met === null ? 'not measured' : met ? 'met' : 'missed';
    return `| ${name} | ${value === null ? '' : round(value)} | ${round(limit)} | ${verdict} |`;
  });
  const more = others.map(([name, value]) => `| ${name} | ${value} |`);
  return [
    '| target | value | limit | |',
    '|---|---|---|---|',
    ...rows,
    '',
    '| also measured | |',
    '|---|---|',
    ...more,
    '',
  ].join('\n');
}

/** The part of docs/performance.md that a run writes; what stands below its end mark is written by hand and kept. */
export const endMark = '<!-- written by hand from here on -->';

export function page(figures: Figures, date: string, byHand: string): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  return `# What a probe costs

Written by \`npm run bench\` on ${date}: medians of ${figures.rounds} rounds that took turns, on ${cpus().length} cores of a virtual machine
(${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node.js ${process.versions.node}).
The yardstick is the kernel's: CPU time from /proc, probes from the bytes that the peer acknowledged, private memory from smaps.
Only ratios inside one run mean anything; the figures in µs differ from one machine, and one hour, to the next.

The references are in \`bench/reference\`: a minimal epoll program in C without log, events or deadlines, and the seed's design in Go
(a goroutine, a buffered reader, a deadline and a ticker per connection, a log line per answer). All log to /dev/null.
A client is measured against the C server, a server against the C client.

${table(figures)}
${endMark}
${byHand}`;
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
