// Who ended the connection, by exclusion: everybody is suspected until a fact excludes them.
import { authors, type Author } from '../../model/author.ts';
import type { FactName, Facts } from '../facts/index.ts';
import type { Condition, Exclusion } from './exclusion-row.ts';
import { exclusions } from './exclusions.ts';

export interface Suspects {
  /** Whom nothing excludes; in the order of `authors`. Empty when the witnesses contradict each other. */
  readonly left: readonly Author[];
  /** For everybody else the first reason, physics before convention. */
  readonly excluded: ReadonlyMap<Author, Exclusion>;
  /** Where nobody is left, what was seen that cannot all be true: mostly two things. Empty where somebody is left. */
  readonly contradiction: readonly Exclusion[];
}

export function suspectsOf(facts: Facts): Suspects {
  const holding = exclusions.filter(({ when }) => when.every((condition) => holds(condition, facts)));
  const excluded = new Map<Author, Exclusion>();
  const leftBeside = (more: readonly Author[]) =>
    suspects.filter((author) => !excluded.has(author) && !more.includes(author));
  for (const exclusion of holding.filter(({ basis }) => basis === 'physics')) exclude(exclusion);
  // What is only usual gives way when it would leave nobody.
  for (const exclusion of holding.filter(({ basis }) => basis === 'convention'))
    if (leftBeside(exclusion.excludes).length > 0) exclude(exclusion);
  const left = leftBeside([]);
  return { left, excluded, contradiction: left.length > 0 ? [] : contradictionOf(holding) };

  function exclude(exclusion: Exclusion): void {
    for (const author of exclusion.excludes) if (!excluded.has(author)) excluded.set(author, exclusion);
  }
}

/** The fewest that are found to leave nobody between them, without those that say only how it ended, which nobody doubts. */
function contradictionOf(holding: readonly Exclusion[]): Exclusion[] {
  const physics = holding.filter(({ basis }) => basis === 'physics');
  const leavesNobody = (rows: readonly Exclusion[]) =>
    suspects.every((author) => rows.some(({ excludes }) => excludes.includes(author)));
  let needed = physics;
  for (const row of physics.toSorted((a, b) => a.excludes.length - b.excludes.length)) {
    const others = needed.filter((other) => other !== row);
    if (leavesNobody(others)) needed = others;
  }
  const doubtful = needed.filter(({ when }) => !when.every(isEnding));
  return doubtful.length > 1 ? doubtful : needed;
}

const isEnding = (condition: Condition): boolean =>
  /^(not )?(was |timed out)|^not RST answers another opening$/.test(condition);

const suspects = authors.filter((author) => author !== 'unknown');

/** Whether a condition is known to hold; what nobody could see holds neither way. */
export function holds(condition: Condition, facts: Facts): boolean {
  const [name, wanted] = partsOf(condition);
  return facts[name].seen === wanted;
}

/** Whether a condition may hold, because nobody could look. */
export function mayHold(condition: Condition, facts: Facts): boolean {
  const [name, wanted] = partsOf(condition);
  return facts[name].seen === wanted || facts[name].seen === 'unknown';
}

/** The fact that a condition is about, and how it must be. */
export function partsOf(condition: Condition): [FactName, 'yes' | 'no'] {
  return condition.startsWith('not ')
    ? [condition.slice('not '.length) as FactName, 'no']
    : [condition as FactName, 'yes'];
}
