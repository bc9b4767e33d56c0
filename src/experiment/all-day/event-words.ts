// What a Kubernetes Event says of a lost connection, to whoever looks at the pod and not at netdebug.
import type { WatchLoss } from '../../model/watch-record.ts';
import { visible } from '../../report/visible.ts';
import { clientInFull, serverName } from '../../report/watch-ends.ts';
import { howItEnded, whoWords, whyWords } from '../../report/watch-text.ts';

/** What of a loss is kept until its Event is made. */
export type EventLoss = Pick<
  WatchLoss,
  'at' | 'ends' | 'ended' | 'ageMs' | 'idleMs' | 'unanswered' | 'author' | 'cause' | 'rivals'
>;

/** Bytes; longer messages are refused by the API. */
const longestMessage = 1_024;

/** As the Events of `cluster run` have them. */
export const reasonOf = ({ ended }: Pick<EventLoss, 'ended'>): string =>
  ended === 'reset' ? 'ConnectionsReset' : 'ConnectionsLost';

/** @param end Which of the connection's ends the pod is. */
export function eventMessage(loss: EventLoss, end: 'client' | 'server'): string {
  const { ends, author, cause, ageMs, idleMs, unanswered } = loss;
  const whose =
    end === 'client' ? `Its connection to ${serverName(ends)}` : `A connection from ${clientInFull(ends)}`;
  const span = (value: number | null) => (value === null ? null : ([value, value] as const));
  const how = howItEnded({
    shown: loss,
    ...{ ageMs: span(ageMs), idleMs: span(idleMs), unanswered: span(unanswered) },
  });
  const last = `. More: netdebug explain ${cause.id}`;
  const words = visible(
    `${whose}: ${how}. Who: ${whoWords(loss)} (${author.certainty}). Why: ${whyWords(loss)} (${cause.certainty})`,
  ).replaceAll('\n', ' ');
  return `${cut(words, longestMessage - last.length)}${last}`;
}

/** @param most Bytes. */
function cut(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  // What is left of a character that was cut through goes as well.
  return `${bytes.toString('utf8', 0, most - '…'.length * 3).replace(/\ufffd+$/, '')}…`;
}
