// The first screen of a watch: at its end, and while it lasts.
import { authorWords } from '../../model/author.ts';
import { parseMicros } from '../../model/clock.ts';
import { formatDuration } from '../../model/duration.ts';
import type { FirstScreen, LossAnswer } from '../../model/first-screen.ts';
import type { WatchSummary } from '../../model/watch-record.ts';
import { seesLosses } from '../watch-sight.ts';
import { whyInALine } from './answer-of-finding.ts';
import { cureOf } from './cure.ts';
import { addEnded, endedCount, endedWords, type Ended } from './ended-words.ts';
import { headlineOf } from './headline.ts';

/** @param isOver While it lasts it is said since when, and not how long, so that the words change with what is lost alone. */
export function firstScreenOfWatch(summary: WatchSummary, isOver = true): FirstScreen {
  const { lost, stalled, missing, byCause } = summary;
  const isBlind = !seesLosses(missing);
  return {
    headline: headlineOfWatch(summary, isBlind, isOver),
    tone: lost > 0 ? 'lost' : isBlind || stalled > 0 ? 'unsure' : 'well',
    answers: byCause.map(answerOfRow),
    next: null,
    expected: null,
  };
}

function headlineOfWatch(summary: WatchSummary, isBlind: boolean, isOver: boolean): string {
  const { node, from, to, lost, onlyCounted, benign, stalled, byCause } = summary;
  const seconds = Math.round((parseMicros(to) - parseMicros(from)) / 1e6);
  const where = `on ${node} ${isOver ? `in ${formatDuration(seconds * 1_000)}` : `since ${from.slice(11, 19)}`}`;
  const was = (count: number) => (count === 1 ? 'was' : 'were');
  const ended = endedIn(byCause);
  // Those that kernels counted, and nobody told of, are in no row.
  const untold = lost - byCause.reduce((sum, row) => sum + row.lost, 0);
  const inList = ended === null ? 0 : untold;
  const unexplained = (onlyCounted - inList).toLocaleString('en-US');
  return headlineOf([
    lost > 0
      ? endedWords(lost, ended, {
          ...{ where: ` ${where}`, unanswered: addEnded(byCause.map((row) => row.unanswered ?? {})) },
          others: 'only counted',
        })
      : isBlind
        ? `nothing was seen to be lost ${where}, but neither the capture nor the kernel events ran`
        : `nothing was lost ${where}`,
    ...(onlyCounted <= inList
      ? []
      : [inList === 0 ? `${unexplained} of them only counted` : `${unexplained} more not explained`]),
    ...(stalled === 0 ? [] : [`${stalled} ${was(stalled)} unanswered at the end`]),
    ...(benign === 0 ? [] : [`${benign} more ended by a harmless RST`]),
  ]);
}

/** Null where that is not known of all in the rows, as in what an older watch answers. */
function endedIn(rows: WatchSummary['byCause']): Ended | null {
  const isTold = rows.every(({ ended, lost }) => ended !== undefined && endedCount(ended) === lost);
  return isTold && rows.length > 0 ? addEnded(rows.map(({ ended = {} }) => ended)) : null;
}

function answerOfRow(row: WatchSummary['byCause'][number]): LossAnswer {
  const { cause, certainty, author, authorCertainty, lost, next, nextWhere = null } = row;
  const { ended = null, unanswered = {} } = row;
  const inBrief = cause === 'unknown' ? 'open' : `${cause} (${certainty})`;
  return {
    lost,
    what: endedWords(lost, ended, { unanswered }),
    who: { words: `${authorWords[author]} (${authorCertainty})`, certainty: authorCertainty },
    why: { cause, words: whyInALine(cause, inBrief), certainty },
    cure: cause === 'unknown' ? null : cureOf(cause),
    next: next === null ? null : { where: nextWhere, command: next },
  };
}
