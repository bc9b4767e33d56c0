// How many were lost by what, and how: counted by what was said of each last, and taken from one count to another by a correction.
import type { FailureKind } from '../../model/probe-event.ts';
import type { Finding } from '../../model/run-record.ts';
import type { WatchLoss } from '../../model/watch-record.ts';
import type { LossLine } from './loss-words.ts';

/** Losses of which the same was said. */
export interface Tally {
  readonly line: WatchLoss;
  readonly finding: Finding | null;
  readonly lost: number;
  /** Of these, those that nobody explained. */
  readonly unexplained: number;
  readonly ended: Readonly<Partial<Record<FailureKind, number>>>;
  /** Of these, those that left a question without an answer. */
  readonly unanswered: Readonly<Partial<Record<FailureKind, number>>>;
}

export interface LossTallies {
  count(loss: CountedLoss, by: 1 | -1): void;
  all(): readonly Tally[];
}

interface CountedLoss {
  readonly line: WatchLoss;
  readonly finding: Finding | null;
  readonly explained: 'one by one' | 'company' | 'not';
}

type Counts = Partial<Record<FailureKind, number>>;
type Counting = { -readonly [Key in keyof Tally]: Tally[Key] } & {
  readonly ended: Counts;
  readonly unanswered: Counts;
};

export function createLossTallies(): LossTallies {
  const tallies = new Map<string, Counting>();
  return {
    count({ line, finding, explained }, by) {
      const key = verdictKey(line);
      const known: Counting = tallies.get(key) ?? {
        ...{ line, finding, lost: 0, unexplained: 0, ended: {}, unanswered: {} },
      };
      tallies.set(key, known);
      known.lost += by;
      if (explained === 'not') known.unexplained += by;
      const kind = kindOf(line.ended);
      if (kind !== null) {
        add(known.ended, kind, by);
        if ((line.unanswered ?? 0) > 0) add(known.unanswered, kind, by);
      }
      if (by < 0) return;
      known.line = line;
      known.finding = finding ?? known.finding;
    },
    all: () =>
      [...tallies.values()]
        .filter((one) => one.lost > 0)
        .map((one) => ({
          ...one,
          ...{ ended: withoutNone(one.ended), unanswered: withoutNone(one.unanswered) },
        })),
  };
}

export const verdictKey = ({ author, cause }: LossLine): string =>
  [author.id, author.certainty, cause.id, cause.certainty].join(' ');

function add(counts: Counts, kind: FailureKind, by: 1 | -1): void {
  counts[kind] = (counts[kind] ?? 0) + by;
}

const withoutNone = (counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

/** Null of what was no loss after all. */
function kindOf(ended: WatchLoss['ended']): FailureKind | null {
  if (ended === 'benign') return null;
  return ended === 'timed-out' ? 'timeout' : ended;
}
