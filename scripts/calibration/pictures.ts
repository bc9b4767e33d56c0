// The three pictures of docs/calibration.md.
import { ratioName } from './alternatives.ts';
import type { Misses } from './coverage.ts';
import type { FalseAlarms } from './false-alarms.ts';
import type { Power } from './power.ts';
import { share, standardError, type Proportion } from './proportion.ts';
import { colours, dot, line, path, svg, text } from './svg.ts';

const [blue, orange] = colours;
const width = 720;

/** Each null's share of false alarms as a dot with two standard errors, beside what the textbook's test makes of it. */
export function falseAlarmPicture(rows: readonly FalseAlarms[]): string {
  return dotPicture(
    'False alarms of somebody who looks at every moment, by kind of history',
    ['this verdict', 'binomial test on single resets'],
    rows.map(({ setting, differs, textbook }) => ({ name: setting.name, values: [differs, textbook] })),
  );
}

/** Likewise how often the intervals of the rate ratio ever missed it. */
export function coveragePicture(rows: readonly { ratio: number; misses: Misses }[]): string {
  return dotPicture(
    'Histories in which the 95% interval of the rate ratio ever missed the truth',
    ['this verdict', 'exact interval for a fixed number of episodes'],
    rows.map(({ ratio, misses }) => ({
      name: `ratio ${ratioName(ratio)}`,
      values: [misses.ever, misses.textbookEver],
    })),
  );
}

interface DotRow {
  readonly name: string;
  readonly values: readonly [Proportion, Proportion];
}

function dotPicture(title: string, legend: readonly [string, string], rows: readonly DotRow[]): string {
  const [left, top, rowHeight] = [180, 66, 26];
  const bottom = top + rows.length * rowHeight;
  // The square root makes room below 5%, where it matters.
  const x = (p: number): number => left + Math.sqrt(p) * (width - left - 40);
  const parts = [text(8, 20, title, { bold: true, size: 14 }), ...legendRow(legend, 44)];
  for (const tick of [0, 0.01, 0.05, 0.1, 0.25, 0.5, 1]) {
    parts.push(
      line([x(tick), top], [x(tick), bottom], tick === 0.05 ? { width: 2, dashed: true } : { width: 0.3 }),
    );
    parts.push(text(x(tick), bottom + 18, `${tick * 100}%`, { anchor: 'middle', bold: tick === 0.05 }));
  }
  for (const [index, { name, values }] of rows.entries()) {
    const y = top + (index + 0.5) * rowHeight;
    parts.push(text(left - 12, y + 4, name, { anchor: 'end' }));
    for (const [kind, colour] of [
      [1, orange],
      [0, blue],
    ] as const) {
      const [p, error] = [share(values[kind]), 2 * standardError(values[kind])];
      parts.push(line([x(Math.max(0, p - error)), y], [x(Math.min(1, p + error)), y], { colour, width: 2 }));
      parts.push(dot(x(p), y, colour));
    }
  }
  return svg(width, bottom + 32, title, parts);
}

/** For each ratio the share of histories that are decided after so many episodes. */
export function powerPicture(rows: readonly Power[], episodes: number): string {
  const title = 'Histories whose difference is decided after so many episodes';
  const [left, right, top, bottom] = [56, width - 110, 40, 330];
  const ticks = [1, 3, 7, 20, 50, 100, 200, 300].filter((tick) => tick <= episodes);
  const x = (n: number): number => left + (Math.log(n) / Math.log(episodes)) * (right - left);
  const y = (p: number): number => bottom - p * (bottom - top);
  const parts = [text(8, 20, title, { bold: true, size: 14 })];
  for (const p of [0, 0.25, 0.5, 0.75, 1]) {
    parts.push(line([left, y(p)], [right, y(p)], { width: 0.3 }));
    parts.push(text(left - 8, y(p) + 4, `${p * 100}%`, { anchor: 'end' }));
  }
  for (const tick of ticks) parts.push(text(x(tick), bottom + 18, String(tick), { anchor: 'middle' }));
  parts.push(text((left + right) / 2, bottom + 38, 'episodes that hit one class only', { anchor: 'middle' }));
  for (const [index, row] of [...rows].reverse().entries()) {
    const colour = colours[index % colours.length] ?? blue;
    const points = curve(row, episodes);
    parts.push(
      path(
        points.map(([n, p]) => [x(n), y(p)]),
        { colour, width: 2 },
      ),
    );
    const label = row.ratio === 1 ? 'no difference' : `ratio ${ratioName(row.ratio)}`;
    parts.push(text(right + 8, top + 20 + index * 20, label, { colour, bold: true }));
  }
  return svg(width, bottom + 48, title, parts);
}

/** Points of the rising staircase: decided after n episodes or fewer. */
function curve(row: Power, episodes: number): [number, number][] {
  const points: [number, number][] = [[1, 0]];
  for (const [index, n] of row.triggers.entries()) {
    const before = points.at(-1)?.[1] ?? 0;
    if (row.triggers[index + 1] === n) continue;
    points.push([n, before], [n, (index + 1) / row.decided.of]);
  }
  points.push([episodes, points.at(-1)?.[1] ?? 0]);
  return points;
}

function legendRow(legend: readonly [string, string], y: number): string[] {
  return [
    dot(16, y - 4, blue),
    text(26, y, legend[0]),
    dot(146, y - 4, orange),
    text(156, y, legend[1]),
    text(width - 40, y, 'bars: ± 2 standard errors', { anchor: 'end', size: 11 }),
  ];
}
