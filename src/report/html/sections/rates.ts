// How often each class was reset, with what the run's length allows to say, and what the comparison rests on.
import type { ClassSummary, Rate, RunRecord, VerdictBasis } from '../../../model/run-record.ts';
import { statisticsSentences } from '../../statistics.ts';
import { axis, colourOf, gridLines, row } from '../chart.ts';
import { markup, nothing, type Insert, type Markup } from '../markup.ts';
import {
  amountText,
  countText,
  durationText,
  intervalText,
  percentText,
  plural,
  rateText,
} from '../numbers.ts';
import { linearPercent, linearTicks } from '../scale.ts';

export function ratesSection(record: RunRecord | null): Markup {
  if (record === null || record.classes.length === 0) return nothing;
  const { basis } = record.verdict;
  return markup`<h2>Rates</h2>
<p class="lede">The dot is what was measured, the bar the exact 95% interval: rates within it fit what was seen.${record.speed !== 1 && ` The scenario's periods ran ${record.speed} times faster than real, so rates are as much higher.`}</p>
${intervals(
  'Resets per hour of one connection',
  record.classes,
  (one) => one.resetsPerHour,
  (one) => `${durationText(one.connectionSeconds)} of connection time`,
)}
${intervals(
  'Episodes per hour',
  record.classes,
  (one) => one.episodesPerHour,
  (one) => `${plural(one.episodes, 'episode')} in ${durationText(one.wallSeconds)}`,
)}
${basis === undefined ? markup`<p>${record.verdict.sentence}</p>` : comparison(record, basis)}`;
}

function intervals(
  title: string,
  classes: readonly ClassSummary[],
  rateOf: (one: ClassSummary) => Rate,
  exposureOf: (one: ClassSummary) => string,
): Markup {
  const high = Math.max(...classes.map((one) => rateOf(one).high ?? rateOf(one).low)) * 1.04 || 1;
  const ticks = linearTicks(high, 6);
  return markup`<h3>${title}</h3><div class="rows">${classes.map((one, index) => {
    const rate = rateOf(one);
    const [from, to] = [
      linearPercent(rate.low, 0, high),
      rate.high === null ? 100 : linearPercent(rate.high, 0, high),
    ];
    const plot = markup`<svg class="plot" width="100%" height="30" role="img" aria-label="${one.name}: ${rateText(rate)}, 95% interval ${intervalText(rate)}">
${gridLines(ticks, 30)}<line class="base" x1="0" x2="100%" y1="15" y2="15"/>
<rect class="interval" x="${from}%" width="${Math.max(0.2, to - from)}%" y="11" height="8" rx="4"/>
${rate.estimate !== null && markup`<circle class="estimate" cx="${linearPercent(rate.estimate, 0, high)}%" cy="15" r="6"/>`}</svg>`;
    const name = markup`<strong>${one.name}</strong><span><b>${rateText(rate)}</b> (${intervalText(rate)})</span><span>${exposureOf(one)}</span>`;
    return row(name, plot, `rate-row ${colourOf(index)}`);
  })}${row(nothing, axis(ticks, amountText), 'axis-row')}</div>`;
}

function comparison(record: RunRecord, basis: VerdictBasis): Markup {
  const { verdict } = record;
  const { triggers, rateRatio, alpha, eValue } = basis;
  const facts: [string, Insert][] = [
    [
      'Outcome',
      markup`${verdict.outcome}${verdict.outcome !== 'inconclusive' && `, confidence ${percentText(verdict.confidence)}`}`,
    ],
    [
      'Evidence that the classes differ',
      `e-value ${amountText(eValue)}; ${amountText(1 / alpha)} is needed at the ${amountText(alpha * 100)}% level`,
    ],
    ['How many times as often same-node ones are hit', ratioText(rateRatio)],
    [
      'Triggers',
      `${countText(triggers.coLocated)} hit same-node ones alone, ${countText(triggers.remote)} cross-node ones alone, ${countText(triggers.common)} both${triggers.waiting > 0 ? `, ${triggers.waiting} too recent to say` : ''}`,
    ],
    ['Time in which both were watched', durationText(basis.sharedSeconds)],
    ['Not hit means', `fewer than ${amountText(basis.maxRatePerHour)} episodes an hour`],
    [
      'With another episode window',
      basis.sensitivity
        .map(({ episodeWindowMs, outcome }) => `${amountText(episodeWindowMs)} ms: ${outcome}`)
        .join('; '),
    ],
  ];
  return markup`<h3>Comparison of same-node with cross-node connections</h3>
${statisticsSentences(record).map((sentence) => markup`<p>${sentence}</p>`)}<p>These bounds hold at every moment of the run at once: looking early and stopping when it looks good does not make a false alarm more likely.</p>
<dl class="facts">${facts.map(([term, fact]) => markup`<div><dt>${term}</dt><dd>${fact}</dd></div>`)}</dl>`;
}

function ratioText({ estimate, low, high }: VerdictBasis['rateRatio']): string {
  if (high === null && low === 0) return 'nothing can be said';
  const measured = estimate === null ? '' : `; measured ${amountText(estimate)}`;
  if (high === null) return `at least ${amountText(low)}${measured}`;
  return `${low === 0 ? 'at most' : `${amountText(low)} to`} ${amountText(high)}${measured}`;
}
