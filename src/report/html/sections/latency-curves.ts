// How long answers took, over the run and as a distribution, each class on the same scale.
import type { ClassSummary, LatencyComparison } from '../../../model/run-record.ts';
import type { ClassView, RunView } from '../../run-view.ts';
import {
  axis,
  bandPath,
  barPath,
  colourOf,
  gridLines,
  linePath,
  row,
  stretched,
  unitsWide,
} from '../chart.ts';
import { markup, nothing, type Markup } from '../markup.ts';
import { durationText, latencyText, percentText } from '../numbers.ts';
import { logPercent, logTicks, timeTicks } from '../scale.ts';

const height = 120;

export function latencySection(view: RunView): Markup {
  const values = view.classes
    .flatMap((one) => one.columns.flatMap(({ p50, p99 }) => [p50, p99]))
    .filter((value) => value !== null);
  if (values.length === 0)
    return markup`<h2>Latency</h2><p class="lede">Nothing was answered, so there is no latency.</p>`;
  const low = 10 ** Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const high = Math.max(low * 10, 10 ** Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  return markup`<h2>Latency</h2>
<p class="lede">From when a probe was due to when its answer was there, so that a late probe counts too. The line is the median, the top of
the band the 99th percentile, on a logarithmic scale.</p>
<div class="multiples">${view.classes.map((one, index) => overTime(one, index, view, low, high))}</div>
${compared(view.record?.verdict.basis?.latency)}<h3>Distribution</h3>
<div class="rows">${view.classes.map((one, index) => distribution(one, index, view))}
${row(nothing, axis(barTicks(view), latencyText), 'axis-row')}</div>`;
}

/** Both classes' quantiles with their intervals, and whether they lie apart. */
function compared(latency: LatencyComparison | undefined): Markup {
  if (latency === undefined) return nothing;
  const side = ({ estimate, low, high }: LatencyComparison['p50']['remote']) =>
    markup`<td class="number">${latencyText(estimate)} <span class="meta">${latencyText(low)} to ${high === null ? '?' : latencyText(high)}</span></td>`;
  const line = (name: 'p50' | 'p99', title: string) =>
    markup`<tr><th scope="row">${title}</th>${side(latency[name].coLocated)}${side(latency[name].remote)}</tr>`;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Latency of both classes"><table class="latency-table"><thead><tr><th scope="col">latency, with 95% intervals</th><th scope="col" class="number">same node</th><th scope="col" class="number">across nodes</th></tr></thead>
<tbody>${line('p50', 'median')}${line('p99', '99th percentile')}</tbody></table></div>
<p class="meta">${latency.differs ? 'The intervals lie apart: the classes differ in latency.' : 'The intervals overlap: no difference in latency is shown.'}</p>
`;
}

function overTime(one: ClassView, index: number, view: RunView, low: number, high: number): Markup {
  const y = (value: number | null) =>
    value === null ? null : height * (1 - logPercent(value, low, high) / 100);
  const width = (unitsWide * view.columnSeconds) / view.seconds;
  const [p50, p99] = [one.columns.map((column) => y(column.p50)), one.columns.map((column) => y(column.p99))];
  const times = timeTicks(view.seconds, 5);
  const levels = logTicks(low, high);
  const whole = quantiles(one, view);
  const name = `${one.name}: median ${latencyText(whole.p50)}, 99th percentile ${latencyText(whole.p99)}`;
  return markup`<figure class="${colourOf(index)}"><figcaption><strong>${one.name}</strong> <span>p50 ${latencyText(whole.p50)} · p99 ${latencyText(whole.p99)}</span></figcaption>
<div class="with-levels"><svg class="levels" width="52" height="${height}" aria-hidden="true">${levels.map(({ value, percent }) => markup`<text class="tick" x="44" y="${Math.min(height - 1, Math.max(10, Math.round(height * (1 - percent / 100)) + 4))}" text-anchor="end">${latencyText(value)}</text>`)}</svg>
<div><svg class="plot" width="100%" height="${height + 2}" role="img" aria-label="Latency over time of ${name}">
${gridLines(times, height)}
${levels.map(({ percent }) => markup`<line class="grid" x1="0" x2="100%" y1="${Math.round(height * (1 - percent / 100)) + 0.5}" y2="${Math.round(height * (1 - percent / 100)) + 0.5}"/>`)}
${stretched({ top: 0, height }, markup`<path class="band" d="${bandPath(p99, p50, width)}"/><path class="line thin" d="${linePath(p99, width)}"/><path class="line" d="${linePath(p50, width)}"/>`)}
</svg>${axis(times, durationText)}</div></div></figure>`;
}

/** The record's own, which are finer, once there is one. */
function quantiles(one: ClassView, { record }: RunView): ClassSummary['latencyMs'] {
  return record?.classes.find((summary) => summary.name === one.name)?.latencyMs ?? one.latency;
}

const barHeight = 44;

function distribution(one: ClassView, index: number, view: RunView): Markup {
  const [low, high] = barRange(view);
  const most = Math.max(...view.classes.flatMap((other) => other.latency.bars.map((bar) => bar.share)));
  const { bars } = one.latency;
  const { p50, p99 } = quantiles(one, view);
  const [first] = bars;
  const name = `${one.name}: half of the answers within ${latencyText(p50)}, 99% within ${latencyText(p99)}`;
  const line = (value: number | null, kind: string) =>
    value !== null &&
    markup`<line class="quantile ${kind}" x1="${logPercent(value, low, high)}%" x2="${logPercent(value, low, high)}%" y1="2" y2="${barHeight}"/>`;
  const offset = first === undefined ? 0 : (logPercent(first.lowMs, low, high) / 100) * unitsWide;
  const width =
    first === undefined ? 0 : (unitsWide * Math.log(first.highMs / first.lowMs)) / Math.log(high / low);
  const modal = bars.reduce(
    (best, bar) => (bar.share > best.share ? bar : best),
    first ?? { share: 0, lowMs: 0, highMs: 0 },
  );
  const plot = markup`<svg class="plot" width="100%" height="${barHeight}" role="img" aria-label="${name}">
${gridLines(barTicks(view), barHeight)}
${stretched(
  { top: 4, height: barHeight - 5 },
  markup`<g transform="translate(${offset})"><path class="bars" d="${barPath(
    bars.map((bar) => bar.share / most),
    width,
    barHeight - 5,
  )}"/></g>`,
)}
<line class="base" x1="0" x2="100%" y1="${barHeight - 0.5}" y2="${barHeight - 0.5}"/>
${line(p50, 'p50')}${line(p99, 'p99')}</svg>`;
  const note =
    first === undefined
      ? 'no answers'
      : `most often ${latencyText(modal.lowMs)} to ${latencyText(modal.highMs)} (${percentText(modal.share)})`;
  return row(markup`<strong>${one.name}</strong><span>${note}</span>`, plot, colourOf(index));
}

function barRange(view: RunView): [number, number] {
  const bars = view.classes.flatMap((one) => one.latency.bars);
  const quantile = view.classes
    .flatMap((one) => Object.values(quantiles(one, view)))
    .filter((value): value is number => value !== null && value > 0);
  return [
    Math.min(...quantile, ...bars.map((bar) => bar.lowMs)),
    Math.max(...quantile, ...bars.map((bar) => bar.highMs)),
  ];
}

const barTicks = (view: RunView) => logTicks(...barRange(view));
