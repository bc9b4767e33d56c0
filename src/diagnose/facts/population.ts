// What many connections show together, and one alone does not.
import { parseMicros } from '../../model/clock.ts';
import { conclusion, no, unknown, yes, type Look } from './fact.ts';
import { counterLine, rose } from './counters.ts';

/** Fewer of either say nothing. */
const enough = 3;
/** A connection's own rhythm differs by less from one time to the next. */
const wellBeyond = 1.5;

/**
 * Every connection of this kind that was lost had been idle for longer than any whose question was answered: somebody on the way
 * forgets connections that are silent for longer than some time in between.
 */
export const lostOnlyAfterLongIdle: Look = (story) => {
  const { idleTimes } = story;
  if (idleTimes === null || idleTimes.lost < enough || idleTimes.answered < enough) return unknown(null);
  const { lost, shortestLost, answered, longestAnswered } = idleTimes;
  if (shortestLost < wellBeyond * longestAnswered) return no();
  const text =
    `all ${lost} of its kind that were lost had been idle for ${seconds(shortestLost)} or more; the ${answered} questions that were ` +
    `answered came after ${seconds(longestAnswered)} at most: what forgets idle connections does so after a time in between`;
  return yes(conclusion(story, text));
};

/** So much longer than any that was survived has a silence to be that a bound between the two is none by chance of a rhythm. */
const beyondBound = 1.1;
/** One in so many cases would part them so by chance. */
const oneIn = 100;

/**
 * The flows of this kind that were lost when they were used again had all been idle for longer than any that was answered, and too many
 * live for that to be chance: what forgets them has a bound between the two. Where all have one rhythm there is nothing to compare.
 */
export const idleBoundParts: Look = (story) => {
  const { idleBound } = story;
  if (idleBound === null || idleBound.lost < enough) return unknown(null);
  const { lost, shortestLost, lived, longestAnswered, chance } = idleBound;
  if (shortestLost <= longestAnswered) return no();
  const atMost = idleBound.answeredAtMost ?? longestAnswered;
  const byChance = Math.max(chance, idleBound.coincidence ?? 0);
  if (shortestLost < beyondBound * atMost || byChance > 1 / oneIn) return unknown(null);
  const text =
    `each of the ${lost} flows of its kind that were lost had been idle for ${seconds(shortestLost)} or more, the ${lived} that live for ` +
    `${seconds(atMost)} at most: a bound lies between the two (permutation test over ${lost + lived} flows: p = ${chance.toPrecision(1)})`;
  return yes(conclusion(story, text));
};

/** Rules that reject counted, around this loss, just as many packets as connections were lost: none of them was another's doing. */
export const rejectedJustAsMany: Look = (story) => {
  if (!story.available.has('rule-counters')) return unknown('rule-counters');
  const risen = story.counters.filter((event) => event.source === 'rule-counters' && rose(event, rejects));
  if (risen.length === 0) return unknown(null);
  const from = Math.min(...risen.map(({ since }) => parseMicros(since)));
  const to = Math.max(...risen.map(({ at }) => parseMicros(at)));
  const lost = story.lossesWithin(from - story.slack, to + story.slack);
  const counted = risen
    .flatMap(({ changes }) => Object.entries(changes))
    .reduce((sum, [name, change]) => (rejects.test(name) ? sum + change : sum), 0);
  if (lost < enough) return unknown(null);
  // More are those of others, or of what was sent again.
  if (counted > lost) return unknown(null);
  if (counted < lost) return no();
  const text = `${lost} connections were lost around this moment, and rules that reject counted ${counted} packets`;
  return yes(...risen.slice(0, 2).map((event) => counterLine(event, rejects)), conclusion(story, text));
};

const rejects = /REJECT|reject/;

const seconds = (micros: number): string => `${(micros / 1e6).toFixed(micros < 1e7 ? 2 : 0)} s`;
