// Losses of one instant have one trigger: what is shown for one of them is likely for those whose own facts do not contradict it.
import { formatEndpoint } from '../../model/endpoint.ts';
import type { LostConnection } from '../connections/lost-connection.ts';
import type { Examined } from './findings.ts';

/** Told once for so many neighbours in time, of the same kind. */
const mostCompanions = 50;

/** Gives those that stand open the cause that companions of the same trigger have, marked `likely`. */
export function hearCompany(examined: readonly Examined[]): Examined[] {
  const byTime = examined.toSorted((a, b) => a.story.lost.failedAt - b.story.lost.failedAt);
  return byTime.map((one, index) => {
    if (one.judgement.cause !== null) return one;
    const named = companions(byTime, index).flatMap(({ judgement }) => judgement.cause?.model ?? []);
    const [model] = named;
    if (model === undefined || named.some((other) => other !== model)) return one;
    const own = one.judgement.standings.find((standing) => standing.model === model);
    if (own === undefined || own.against !== null) return one;
    const author = own.authors.includes(one.judgement.author) ? one.judgement.author : own.authors[0];
    const judgement = {
      ...one.judgement,
      cause: own,
      causeCertainty: 'likely',
      author: author ?? one.judgement.author,
      authorCertainty: one.judgement.authorCertainty === 'proven' ? 'proven' : 'likely',
      rivals: one.judgement.rivals.filter((rival) => rival.model !== model),
    } as const;
    return { ...one, judgement };
  });
}

/** A trigger of several losses lies between the last good moment and the loss of each: their times overlap. */
function companions(byTime: readonly Examined[], index: number): Examined[] {
  const own = byTime[index]?.story.lost;
  if (own === undefined) return [];
  const near = byTime.slice(Math.max(0, index - mostCompanions), index + mostCompanions + 1);
  return near.filter(
    ({ story: { lost } }) =>
      lost !== own &&
      lost.group === own.group &&
      (isConsequence(own, lost) || (lost.lastGoodAt <= own.failedAt && lost.failedAt >= own.lastGoodAt)),
  );
}

/** An attempt to connect that fails soon after the client lost a connection to the same end. */
function isConsequence(attempt: LostConnection, lost: LostConnection): boolean {
  const after = attempt.failedAt - lost.failedAt;
  return (
    attempt.phase === 'connecting' &&
    formatEndpoint(attempt.target) === formatEndpoint(lost.target) &&
    after > 0 &&
    after <= soon
  );
}

/** A client tries again at once, and then now and then: microseconds. */
const soon = 10_000_000;
