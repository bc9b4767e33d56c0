// What is said first of one finding: how many, who, why, what cures it, and what to type next.
import { pageOf } from '../../causes/index.ts';
import type { DecidingCommand } from '../../model/what-decides.ts';
import type { LossAnswer } from '../../model/first-screen.ts';
import { isOpen } from '../../model/open-finding.ts';
import type { Finding } from '../../model/run-record.ts';
import { causeInBrief, findingWords } from '../finding-words.ts';
import { cureOf } from './cure.ts';
import { endedWords } from './ended-words.ts';

/** @param toDecide For one that is open and has no command of its own, as in older records. */
export function answerOfFinding(finding: Finding, toDecide: DecidingCommand | null = null): LossAnswer {
  const { cause, certainty, connections, ended } = finding;
  return {
    lost: connections,
    what: endedWords(connections, ended ?? null),
    who: { words: findingWords(finding).who, certainty: certainty?.author ?? null },
    why: { cause, words: whyInALine(cause, causeInBrief(finding)), certainty: certainty?.cause ?? null },
    cure: cause === 'unknown' ? null : cureOf(cause),
    next: nextOf(finding, finding.toDecide ?? toDecide),
  };
}

/** With the cause's own title, where it has one: what was found in this very case is in the details. */
export function whyInALine(cause: string, inBrief: string): string {
  const title = cause === 'unknown' ? undefined : pageOf(cause)?.title;
  return title === undefined ? inBrief : `${inBrief}: ${title}`;
}

/** What would decide, where something is open; or else the page of the cause. */
export function nextOf(finding: Finding, toDecide: DecidingCommand | null): LossAnswer['next'] {
  if (isOpen(finding) && toDecide !== null) return { where: toDecide.where, command: toDecide.command };
  return explaining(finding.cause);
}

/** The page of a cause, or of what to do where none was found. */
export function explaining(cause: string): LossAnswer['next'] {
  return pageOf(cause) === undefined ? null : { where: null, command: `netdebug explain ${cause}` };
}
