// The parts that all charts are made of. Horizontal positions are percentages, so a chart fills any width and its text keeps its size.
import { markup, type Markup } from './markup.ts';
import { rounded, type Tick } from './scale.ts';

/** Columns drawn as paths are stretched from this many units to the chart's width. */
export const unitsWide = 1_000;

export interface Frame {
  readonly top: number;
  readonly height: number;
}

/** Shapes in units of 0 … 1,000 across and pixels down, stretched over the chart's whole width. */
export function stretched({ top, height }: Frame, content: Markup | readonly Markup[]): Markup {
  return markup`<svg x="0" y="${top}" width="100%" height="${height}" viewBox="0 0 ${unitsWide} ${height}" preserveAspectRatio="none">${content}</svg>`;
}

/** Shapes in pixels around a point of the time axis. */
export function mark(percent: number, y: number, content: Markup): Markup {
  return markup`<svg x="${percent}%" y="${y}" overflow="visible">${content}</svg>`;
}

/** A path of steps along the tops of bars from the baseline; `tops` are shares of the height, `width` units each. */
export function barPath(tops: readonly number[], width: number, height: number): string {
  let path = '';
  let level = 0;
  for (const [index, top] of [...tops, 0].entries()) {
    if (top === level) continue;
    path += `${path === '' ? `M${rounded(index * width)} ${height}` : `H${rounded(index * width)}`}V${rounded(height * (1 - top))}`;
    level = top;
  }
  return path === '' ? '' : `${path}Z`;
}

/** A line through the points that are there, broken where one is missing; a point alone becomes a short line. */
export function linePath(heights: readonly (number | null)[], width: number): string {
  let path = '';
  for (const [index, y] of heights.entries()) {
    if (y === null) continue;
    const x = rounded((index + 0.5) * width);
    const before = heights[index - 1] ?? null;
    const after = heights[index + 1] ?? null;
    if (before !== null) path += `L${x} ${rounded(y)}`;
    else if (after !== null) path += `M${x} ${rounded(y)}`;
    else path += `M${rounded(index * width)} ${rounded(y)}H${rounded((index + 1) * width)}`;
  }
  return path;
}

/** The area between two lines, one piece per unbroken stretch. */
export function bandPath(
  high: readonly (number | null)[],
  low: readonly (number | null)[],
  width: number,
): string {
  let path = '';
  let from = 0;
  while (from < high.length) {
    let to = from;
    while (to < high.length && (high[to] ?? null) !== null && (low[to] ?? null) !== null) to += 1;
    const stretch = Array.from({ length: to - from }, (_, offset) => from + offset);
    const point = (row: readonly (number | null)[]) => (index: number) =>
      `${rounded((index + 0.5) * width)} ${rounded(row[index] ?? 0)}`;
    if (stretch.length > 1)
      path += `M${[...stretch.map(point(high)), ...stretch.toReversed().map(point(low))].join('L')}Z`;
    from = Math.max(to, from + 1);
  }
  return path;
}

/** Vertical lines at the ticks. */
export function gridLines(ticks: readonly Tick[], height: number): Markup[] {
  return ticks.map(
    ({ percent }) => markup`<line class="grid" x1="${percent}%" x2="${percent}%" y1="0" y2="${height}"/>`,
  );
}

/** The labels of a horizontal axis. Every second one is left out where the page is narrow. */
export function axis(ticks: readonly Tick[], label: (value: number) => string): Markup {
  return markup`<svg class="axis" width="100%" height="18" aria-hidden="true">${ticks.map(
    ({ percent, value }, index) =>
      markup`<text class="${index % 2 === 1 ? 'tick minor' : 'tick'}" x="${percent}%" y="13" text-anchor="${anchorAt(percent)}">${label(value)}</text>`,
  )}</svg>`;
}

/** Labels at the ends stay within the picture. */
function anchorAt(percent: number): 'start' | 'middle' | 'end' {
  if (percent < 4) return 'start';
  return percent > 96 ? 'end' : 'middle';
}

/** A row of a chart: what it is, and its picture; on narrow pages one above the other. */
export function row(name: Markup, plot: Markup, kind = ''): Markup {
  return markup`<div class="row ${kind}"><div class="row-name">${name}</div><div class="row-plot">${plot}</div></div>`;
}

/** The class that gives the nth of the classes its colour. */
export const colourOf = (index: number): string => `k${index % 6}`;
