// What the watchers of a run printed, as answers: each lost connection as it was said last, and once where both nodes told of it.
import { authors } from '../../src/model/author.ts';
import { certainties, type Certainty } from '../../src/model/certainty.ts';
import {
  watchLossSchema,
  watchSummarySchema,
  type WatchEnd,
  type WatchLoss,
  type WatchSummary,
} from '../../src/model/watch-record.ts';
import type { Answer } from './judgement.ts';

export interface Watched {
  /** In their last revision, in the order in which they were first told. */
  readonly losses: readonly WatchLoss[];
  readonly summary: WatchSummary;
}

/** Reads a watcher's log, whose other lines are for people. Throws when it was cut off, and for a line that is not as the schema has it. */
export function readWatched(text: string): Watched {
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  const last = lines.pop();
  if (last === undefined) throw new Error(`a watcher told nothing: ${text.slice(-500)}`);
  const summary = summaryOf(last);
  const losses = new Map<string, WatchLoss>();
  for (const line of lines) {
    const loss = watchLossSchema.parse(JSON.parse(line));
    if ((losses.get(loss.id)?.revision ?? 0) < loss.revision) losses.set(loss.id, loss);
  }
  return { losses: [...losses.values()], summary };
}

function summaryOf(line: string): WatchSummary {
  try {
    return watchSummarySchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new Error(`a watcher's log ends without its summary: …${line.slice(-200)}`, { cause });
  }
}

/** What was told of one run by the watchers of one node or of several. */
export function watchedAnswers(told: readonly Watched[]): Answer[] {
  const losses = told.reduce<readonly WatchLoss[]>((known, { losses: more }) => withOthers(known, more), []);
  const groups = Map.groupBy(losses, ({ cause, author }) => `${cause.id} by ${author.id}`);
  const onlyCounted = told.reduce((sum, { summary }) => sum + summary.onlyCounted, 0);
  return [
    ...[...groups.values()].flatMap(answersOf),
    ...(onlyCounted === 0 ? [] : [unexplained(onlyCounted)]),
  ];
}

/** Of a connection that both tell, the surer line counts; two of one node are two connections, be their ports the same. */
export function withOthers(known: readonly WatchLoss[], more: readonly WatchLoss[]): WatchLoss[] {
  const merged = [...known];
  const free = new Set(known.keys());
  for (const loss of more) {
    const same = [...free].filter((index) => isSame(known[index], loss));
    const apart = (index: number) => Math.abs(Date.parse(known[index]?.at ?? '') - Date.parse(loss.at));
    const [nearest] = same.toSorted((a, b) => apart(a) - apart(b));
    if (nearest === undefined) {
      merged.push(loss);
      continue;
    }
    free.delete(nearest);
    const other = merged[nearest];
    if (other === undefined || weakness(loss) < weakness(other)) merged[nearest] = loss;
  }
  return merged;
}

/** By the client's end, and the server's as either leg has it: what was translated has one address on the one and another on the other. */
function isSame(one: WatchLoss | undefined, other: WatchLoss): boolean {
  if (one === undefined || one.ends.client === null || other.ends.client === null) return false;
  const servers = ({ ends: { server, backend } }: WatchLoss) =>
    [server, backend].flatMap((end) => (end === null ? [] : [endpoint(end)]));
  return (
    endpoint(one.ends.client) === endpoint(other.ends.client) &&
    servers(one).some((server) => servers(other).includes(server))
  );
}

const endpoint = ({ address, port }: WatchEnd) => `${address} ${String(port)}`;
const rank = (certainty: Certainty) => certainties.indexOf(certainty);
const weakness = ({ cause, author }: WatchLoss) => 2 * rank(cause.certainty) + rank(author.certainty);

/**
 * As a finding has them: the word that at least half of the lines deserve. Lines that were told as surer than that are answers of
 * their own besides, because a line is a promise by itself.
 */
function answersOf(losses: readonly WatchLoss[]): Answer[] {
  const causeCertainty = middle(losses.map(({ cause }) => cause.certainty));
  const authorCertainty = middle(losses.map(({ author }) => author.certainty));
  const surer = losses.filter(
    ({ cause, author }) =>
      rank(cause.certainty) < rank(causeCertainty) || rank(author.certainty) < rank(authorCertainty),
  );
  const bySureness = Map.groupBy(surer, ({ cause, author }) => `${cause.certainty} ${author.certainty}`);
  return [
    answerOf(losses, causeCertainty, authorCertainty),
    ...[...bySureness.values()].flatMap((some) =>
      some.slice(0, 1).map(({ cause, author }) => answerOf(some, cause.certainty, author.certainty)),
    ),
  ];
}

function answerOf(
  losses: readonly WatchLoss[],
  causeCertainty: Certainty,
  authorCertainty: Certainty,
): Answer {
  const shown = losses.reduce((best, other) => (weakness(other) < weakness(best) ? other : best));
  const excluded = new Set(shown.exclusions.map(({ author }) => author));
  const left = authors.filter((author) => author !== 'unknown' && !excluded.has(author));
  return {
    ...{ cause: shown.cause.id, causeCertainty, author: shown.author.id, authorCertainty },
    connections: losses.length,
    suspects: authorCertainty === 'open' ? left : [],
    rivals: causeCertainty === 'open' ? shown.rivals.map(({ cause }) => cause) : [],
  };
}

function middle(all: readonly Certainty[]): Certainty {
  const sorted = all.toSorted((a, b) => rank(a) - rank(b));
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? 'open';
}

/** Too many at once for each to be explained. */
const unexplained = (connections: number): Answer => ({
  ...{ cause: 'unknown', causeCertainty: 'open', author: 'unknown', authorCertainty: 'open' },
  ...{ connections, suspects: [], rivals: [] },
});
