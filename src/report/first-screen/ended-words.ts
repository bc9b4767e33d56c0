// How connections ended, counted and in words.
import { failureKinds, type FailureKind } from '../../model/probe-event.ts';

export type Ended = Partial<Record<FailureKind, number>>;

/** Of one, and of several. */
const verbs: Readonly<Record<FailureKind, readonly [string, string]>> = {
  reset: ['was reset', 'were reset'],
  refused: ['was refused', 'were refused'],
  timeout: ['timed out', 'timed out'],
  closed: ['was closed', 'were closed'],
  unreachable: ['became unreachable', 'became unreachable'],
  other: ['failed', 'failed'],
};

/** As they stand behind a number, and in a list behind `were lost:`. */
export const endedAs: Readonly<Record<FailureKind, string>> = {
  ...{ reset: 'reset', refused: 'refused', timeout: 'timed out', closed: 'closed' },
  ...{ unreachable: 'unreachable', other: 'failed' },
};

export const endedCount = (ended: Ended): number =>
  Object.values(ended).reduce((sum, count) => sum + count, 0);

/** `2 timed out`, one for each kind that happened, the most frequent first. */
export const endedList = (
  ended: Ended,
  more: (kind: FailureKind, own: number) => string = () => '',
): string[] =>
  kindsOf(ended).map(([kind, own]) => `${own.toLocaleString('en-US')} ${endedAs[kind]}${more(kind, own)}`);

/** Those that happened, the most frequent first. */
export const kindsOf = (ended: Ended): (readonly [FailureKind, number])[] =>
  failureKinds
    .map((kind) => [kind, ended[kind] ?? 0] as const)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);

export function addEnded(all: readonly Ended[]): Ended {
  const sum: Ended = {};
  for (const [kind, count] of all.flatMap(kindsOf)) sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
}

/** What is left of `all`, no kind below zero. */
export function withoutEnded(all: Ended, part: Ended): Ended {
  const rest: Ended = {};
  for (const [kind, count] of kindsOf(all)) rest[kind] = Math.max(0, count - (part[kind] ?? 0));
  return rest;
}

export interface EndedMore {
  /** Before the noun, with a blank at its end. */
  readonly adjective?: string;
  readonly noun?: string;
  /** Behind the verb, with a blank before it: `12 connections were reset on node-1`. */
  readonly where?: string;
  /** Of those that ended in a way, those that left a question without an answer: what was lost by one that was closed. */
  readonly unanswered?: Ended;
  /** What is said of those of which it is not known how they ended. */
  readonly others?: string;
}

/**
 * `12 same-node connections were reset`, `8 connections were lost: 5 timed out, 3 reset`.
 * @param ended Null, or of another number than `count`: how is not known of all.
 */
export function endedWords(count: number, ended: Ended | null, more: EndedMore = {}): string {
  const { adjective = '', noun = 'connection', where = '', unanswered = {}, others } = more;
  const counted = `${count.toLocaleString('en-US')} ${adjective}${noun}${count === 1 ? '' : 's'}`;
  const untold = ended === null ? count : count - endedCount(ended);
  const told = ended === null || (untold !== 0 && (others === undefined || untold < 0)) ? [] : kindsOf(ended);
  const [only, another] = told;
  if (only === undefined) return `${counted} ${count === 1 ? 'was' : 'were'} lost${where}`;
  const lacking = (kind: FailureKind, own: number) =>
    kind === 'closed' && unanswered.closed === own ? ' with a question unanswered' : '';
  if (another === undefined && untold === 0)
    return `${counted} ${verbs[only[0]][count === 1 ? 0 : 1]}${lacking(...only)}${where}`;
  const list = [
    ...endedList(ended ?? {}, lacking),
    ...(untold === 0 ? [] : [`${untold.toLocaleString('en-US')} ${others}`]),
  ];
  return `${counted} were lost${where}: ${list.join(', ')}`;
}
