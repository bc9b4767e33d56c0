// What a run's verdict rests on, in sentences, at real speed: how often, how the two classes compare, how long answers took.
import { formatFigures } from '../model/figures.ts';
import { formatDuration } from '../model/duration.ts';
import type { ClassSummary, Rate, RunRecord, VerdictBasis } from '../model/run-record.ts';
import { latencySentence } from './latency-sentence.ts';

/** Empty where nothing was compared and nobody was reset. */
export function statisticsSentences({ classes, verdict, speed }: RunRecord): string[] {
  const { basis } = verdict;
  const often = classes.flatMap((one) => howOften(one, speed));
  return [
    ...(often.length === 0 ? [] : [`How often${speed === 1 ? '' : ', at real speed'}: ${often.join('; ')}.`]),
    ...(basis === undefined ? [verdict.sentence] : [comparison(verdict.outcome, basis, speed)]),
    ...(basis?.latency === undefined ? [] : [latencySentence(basis.latency)]),
  ];
}

/** `co-located about one episode every 100s (8 in 10.6s at 80 times the speed; 95%: 47s to 245s)`. */
function howOften({ name, episodes, wallSeconds, episodesPerHour }: ClassSummary, speed: number): string[] {
  const every = between(episodesPerHour, speed);
  if (episodes === 0 || every === null) return [];
  const faster = speed === 1 ? '' : ` at ${speed} times the speed`;
  const seen = `${episodes} in ${formatDuration(Math.round(wallSeconds * 10) * 100)}${faster}`;
  return [`${name} about one episode every ${every.estimate} (${seen}; 95%: ${every.low} to ${every.high})`];
}

interface Every {
  readonly estimate: string;
  readonly low: string;
  readonly high: string;
}

/** Times between two, of a rate per hour that was measured so many times faster than real. */
function between({ estimate, low, high }: Rate, speed: number): Every | null {
  if (estimate === null || estimate === 0 || high === null) return null;
  const time = (perHour: number) => (perHour === 0 ? 'never' : shortTime((3_600 / perHour) * speed));
  return { estimate: time(estimate), low: time(high), high: time(low) };
}

/** Two figures are enough for what was seen a few times. */
function shortTime(seconds: number): string {
  const rounded = Number(seconds.toPrecision(2));
  return formatDuration((rounded < 60 ? rounded : Math.round(rounded)) * 1_000);
}

function comparison(outcome: RunRecord['verdict']['outcome'], basis: VerdictBasis, speed: number): string {
  const { eValue, alpha, needSeconds, maxRatePerHour } = basis;
  const evidence = `e-value ${figures(eValue)}, ${figures(1 / alpha)} needed`;
  const none = `none means fewer than ${figures(maxRatePerHour / speed)} episodes an hour${speed === 1 ? '' : ' at real speed'}`;
  const more =
    outcome !== 'inconclusive' || needSeconds === null
      ? ''
      : `; if it goes on like this, ${formatDuration(needSeconds * 1_000)} more will do`;
  return `Same-node against cross-node: ${outcome} (${evidence}; ${none})${factor(basis)}${more}.`;
}

function factor({ rateRatio: { low, high } }: VerdictBasis): string {
  if (low > 1) return `, same-node ones hit at least ${figures(low)} times as often`;
  if (high !== null && high > 0 && high < 1)
    return `, cross-node ones hit at least ${figures(1 / high)} times as often`;
  return '';
}

/** An e-value may have hundreds of digits. */
const figures = (value: number): string =>
  value >= 1e6
    ? value.toExponential(1).replace('e+', 'e')
    : formatFigures(value, 3)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '');
