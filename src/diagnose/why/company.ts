// Connections that failed together mostly failed for one reason: where one of them alone does not decide, the others are heard.
import type { Scored } from './findings.ts';
import { compete, type Score } from './score.ts';

/** From this probability on a connection's own evidence stands by itself. */
const sureAlone = 0.9;
/** How much the company's mean log odds may move a cause, either way. */
const mostWeight = 5;
const mostCompanions = 50;

/** Scores again those that are not sure alone, with the mean of those that one trigger can have hit together with them. */
export function hearCompany(scored: readonly Scored[]): Scored[] {
  const byTime = scored.toSorted((a, b) => a.story.incident.failedAt - b.story.incident.failedAt);
  return byTime.map((one, index) => {
    const [best] = one.scores;
    if (best !== undefined && best.probability >= sureAlone) return one;
    const company = companions(byTime, index);
    if (company.length === 0) return one;
    return {
      ...one,
      scores: compete(
        one.scores.map((score) => ({ ...score, logOdds: score.logOdds + pull(score, company) })),
      ),
    };
  });
}

/** A trigger of several failures lies between the last good moment and the failure of each: their times overlap. */
function companions(byTime: readonly Scored[], index: number): Scored[] {
  const own = byTime[index]?.story.incident;
  if (own === undefined) return [];
  const overlaps = ({ story: { incident } }: Scored) =>
    incident.failed.class === own.failed.class &&
    incident.lastGoodAt <= own.failedAt &&
    incident.failedAt >= own.lastGoodAt;
  const near = byTime.slice(Math.max(0, index - mostCompanions), index + mostCompanions + 1);
  return near.filter((other) => other !== byTime[index] && overlaps(other));
}

function pull({ model }: Score, company: readonly Scored[]): number {
  const odds = company.map(({ scores }) => scores.find((score) => score.model === model)?.logOdds ?? 0);
  const mean = odds.reduce((sum, value) => sum + value, 0) / odds.length;
  return Math.max(-mostWeight, Math.min(mostWeight, mean));
}
