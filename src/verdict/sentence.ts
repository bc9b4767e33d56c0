// The verdict in plain words, with its numbers.
import { formatDuration } from '../model/duration.ts';
import { formatFigures } from '../model/figures.ts';
import type { ClassSummary, Rate, VerdictBasis } from '../model/run-record.ts';
import type { Judgement } from './judge.ts';

type Side = 'coLocated' | 'remote';

const names = { coLocated: 'same-node connections', remote: 'cross-node ones' } as const;

/** Why nothing can be said: who never got an answer, and what happened instead. */
export function unansweredSentence(
  silent: Readonly<Record<Side, boolean>>,
  coLocated: ClassSummary | undefined,
  remote: ClassSummary | undefined,
): string {
  const both = silent.coLocated && silent.remote;
  const who = both ? 'any connection' : silent.coLocated ? names.coLocated : 'cross-node connections';
  const failures = [...(silent.coLocated ? [coLocated] : []), ...(silent.remote ? [remote] : [])]
    .map((summary) => listed(everyFailure(summary)))
    .filter((text) => text !== '');
  const instead = failures.length > 0 ? ` (${failures.join('; ')})` : '';
  return `Not decided: no probe of ${who} was ever answered${instead}; see that the server can be reached, then run again.`;
}

/** Why it is not `none` although nobody was reset: who never got an answer. */
export function unreachedSentence(coLocated: ClassSummary, remote: ClassSummary): string {
  const sides = [
    { whose: 'same-node', summary: coLocated },
    { whose: 'cross-node', summary: remote },
  ].filter(({ summary }) => neverAnswered(summary) > 0);
  const who = sides.map(({ whose, summary }) => {
    const failures = listed(everyFailure(summary));
    const instead = failures === '' ? '' : ` (${failures})`;
    return `${neverAnswered(summary)} of ${summary.connections} ${whose} connections${instead}`;
  });
  return `Not decided: those that were answered were not reset more often than is allowed, but ${who.join(' and ')} never had an answer; see that the server can be reached from there, then run again.`;
}

/** Of a class's connections, those that never had an answer. */
export function neverAnswered({ neverAnswered: count = 0 }: ClassSummary): number {
  return count;
}

/** What was seen in both classes, then what follows from it. */
export function decidedSentence(
  judgement: Judgement,
  basis: VerdictBasis,
  coLocated: ClassSummary,
  remote: ClassSummary,
): string {
  const seen = `${capitalize(whatHappened('coLocated', basis, coLocated))}; ${whatHappened('remote', basis, remote)}`;
  const others = [otherFailures(coLocated, 'same-node'), otherFailures(remote, 'cross-node')].filter(
    (text) => text !== '',
  );
  const aside = others.length > 0 ? ` Besides resets there were ${others.join(' and ')}.` : '';
  return `${seen}: ${conclusion(judgement, basis)}.${aside}${beforeFirstAnswer(coLocated, remote)}`;
}

function whatHappened(side: Side, basis: VerdictBasis, summary: ClassSummary): string {
  const time = formatDuration(summary.wallSeconds * 1_000);
  const rate = rateInBrackets(basis.episodesPerHour[side], basis.alpha);
  if (summary.resets === 0) return `${names[side]} were never reset in ${time}${rate}`;
  const times = plural(summary.resets, 'time', 'times');
  const episodes = plural(summary.episodes, 'episode', 'episodes');
  return `${names[side]} were reset ${times} in ${episodes} in ${time}${rate}`;
}

function conclusion(judgement: Judgement, basis: VerdictBasis): string {
  const max = `${number(basis.maxRatePerHour)} an hour`;
  switch (judgement.outcome) {
    case 'co-located-only':
    case 'remote-only':
      return judgement.differs
        ? `the difference is decided (${evidence(basis)})${factor(basis)}${lesser(judgement, basis)}`
        : `one rate is proved to be above ${max}, the other below`;
    case 'both':
      return judgement.differs
        ? `both are affected, and the difference is decided (${evidence(basis)})${factor(basis)}`
        : `both are affected, and no difference is decided (${evidence(basis)})${common(basis)}`;
    case 'none':
      return `in each class fewer than ${max} is proved`;
    case 'inconclusive':
      return `nothing is decided yet (${evidence(basis)}; none means below ${max})${outlook(basis)}`;
  }
}

function evidence(basis: VerdictBasis): string {
  return `e-value ${number(basis.eValue)}, ${number(1 / basis.alpha)} needed`;
}

function factor(basis: VerdictBasis): string {
  const { low, high } = basis.rateRatio;
  if (low > 1) return `, same-node ones being hit at least ${number(low)} times as often`;
  if (high !== null && high < 1) {
    const least = high > 0 ? `at least ${number(1 / high)} times as often` : 'alone';
    return `, cross-node ones being hit ${least}`;
  }
  return '';
}

/** What there is to say when the class that is hit less was hit too. */
function lesser({ outcome }: Judgement, basis: VerdictBasis): string {
  const side = outcome === 'co-located-only' ? 'remote' : 'coLocated';
  const hit = (basis.episodesPerHour[side].estimate ?? 0) > 0;
  return hit ? `; that ${names[side]} are affected as well is not shown` : '';
}

function common(basis: VerdictBasis): string {
  const { common: count } = basis.triggers;
  return count > 0 ? `, ${plural(count, 'trigger', 'triggers')} having hit both at once` : '';
}

function outlook(basis: VerdictBasis): string {
  if (basis.sharedSeconds === 0)
    return '; the two were never connected at the same time, which comparing them needs';
  if (basis.needSeconds === null) return '';
  return `; if it goes on like this, ${formatDuration(basis.needSeconds * 1_000)} more will do`;
}

function otherFailures(summary: ClassSummary, whose: string): string {
  const list = listed(summary.otherFailures);
  return list === '' ? '' : `${whose} failures (${list})`;
}

/** `2 × refused, 1 × timeout`; empty when there are none. */
function listed(counts: Readonly<Record<string, number>>): string {
  const kinds = Object.entries(counts).filter(([, count]) => count > 0);
  return kinds.map(([kind, count]) => `${count} × ${kind}`).join(', ');
}

/** By kind, those before the first answer among them. */
function everyFailure(summary: ClassSummary | undefined): Record<string, number> {
  const all: Record<string, number> = { ...summary?.otherFailures };
  for (const [kind, count] of Object.entries(summary?.beforeFirstAnswer ?? {})) {
    all[kind] = (all[kind] ?? 0) + count;
  }
  return all;
}

function beforeFirstAnswer(coLocated: ClassSummary, remote: ClassSummary): string {
  const all: Record<string, number> = {};
  for (const { beforeFirstAnswer: early } of [coLocated, remote]) {
    for (const [kind, count] of Object.entries(early ?? {})) all[kind] = (all[kind] ?? 0) + count;
  }
  const total = Object.values(all).reduce((sum, count) => sum + count, 0);
  const never = neverAnswered(coLocated) + neverAnswered(remote);
  const unreached = never === 0 ? '' : ` ${plural(never, 'connection', 'connections')} never had an answer.`;
  if (total === 0) return unreached;
  return ` ${plural(total, 'attempt', 'attempts')} before the first answer failed (${listed(all)}), which is no lost connection.${unreached}`;
}

/** ` (2520 an hour; at 95% above 1034 and below 5223)`; each bound is at that level on its own. */
function rateInBrackets(rate: Rate, alpha: number): string {
  if (rate.estimate === null || rate.high === null) return '';
  const level = `at ${number(100 * (1 - alpha))}%`;
  const high = number(rate.high);
  if (rate.estimate === 0) return ` (${level} below ${high} an hour)`;
  const above = rate.low > 0 ? `above ${number(rate.low)} and ` : '';
  return ` (${number(rate.estimate)} an hour; ${level} ${above}below ${high})`;
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Three digits at most, and no more than are needed; an e-value, which may have hundreds of digits, by its power of ten. */
function number(value: number): string {
  if (value >= 1e6) return value.toExponential(1).replace('e+', 'e');
  const text = formatFigures(value, 3);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
