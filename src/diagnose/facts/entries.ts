// What became of the conntrack entries that carried a connection.
import type { Micros } from '../../model/clock.ts';
import { wasThere, type Entry } from '../connections/entry-index.ts';
import type { Story } from '../connections/story.ts';
import { asEvidence, entriesGap, notSeen, seenIf, unknown, yes, type Fact, type Look } from './fact.ts';

/** A program deleted an entry of this flow between the last good answer and the failure. */
export function entryDeletedByProgram(story: Story): Fact {
  if (!entriesSeen(story)) return unknown(entriesGap(story));
  const { lastGoodAt, failedAt } = story.lost;
  const deleted = carried(story).filter(
    ({ destroyed, destroyedAt }) =>
      destroyed?.deletedByProgram === true && destroyedAt >= lastGoodAt - story.slack,
  );
  const inTime = deleted.filter(({ destroyedAt }) => destroyedAt <= failedAt + story.slack);
  if (inTime.length > 0) return yes(...inTime.flatMap(lines));
  const mayBeLate = deleted.some(
    ({ destroyed, destroyedAt }) => destroyed?.state !== 'CLOSE' && destroyedAt <= failedAt + printedWithin,
  );
  return mayBeLate ? unknown('later-conntrack-events') : notSeen(story, 'conntrack-events');
}

/**
 * A line has the time at which the tool got to print it. On two CPUs with three labs it was seen to wait for 0.8 s. An entry that a RST
 * had closed before is another matter.
 */
const printedWithin: Micros = 2_000_000;

/**
 * An entry of this flow ran out by itself while the connection was silent. The kernel reports that late (seconds), so the line may
 * come after the failure; what tells it from an entry that the RST closed is the state it died in.
 */
export function entryExpired(story: Story): Fact {
  if (!entriesSeen(story)) return unknown(entriesGap(story));
  const { lastGoodAt, failedAt } = story.lost;
  const expired = carried(story).filter(
    ({ destroyed, destroyedAt }) =>
      destroyed !== null &&
      !destroyed.deletedByProgram &&
      destroyed.state === 'ESTABLISHED' &&
      destroyedAt > lastGoodAt - story.slack &&
      destroyedAt < failedAt + 10e6,
  );
  return expired.length === 0 ? notSeen(story, 'conntrack-events') : yes(...expired.flatMap(lines));
}

/** Nobody saw that it did not. */
export const entryMayHaveRunOut: Look = (story) => seenIf(entryExpired(story).seen !== 'no');

/** A packet in mid-stream had to make a new entry: NEW in state ESTABLISHED, for a connection that was there before. */
export function pickedUpMidStream(story: Story): Fact {
  if (!entriesSeen(story)) return unknown(entriesGap(story));
  const { lastGoodAt } = story.lost;
  const picked = [...story.firsts, ...story.second].filter(
    (entry) =>
      entry.made !== null &&
      entry.madeAt > lastGoodAt - story.slack &&
      entry.made.state !== 'SYN_SENT' &&
      !isOfNewWay(entry, story),
  );
  return picked.length === 0
    ? notSeen(story, 'conntrack-events')
    : yes(...picked.flatMap(({ made }) => (made === null ? [] : [asEvidence(made)])));
}

/**
 * What came by that node translated had never come there so before, since the connection was made: no entry was lost there, and the
 * packets took another way, as they do in a loop when their pod is gone.
 */
function isOfNewWay(entry: Entry, { second, lost, nodes }: Story): boolean {
  const { node, madeAt } = entry;
  return (
    second.includes(entry) &&
    !second.some((other) => other.node === node && other.madeAt < madeAt) &&
    Number.isFinite(lost.bornAt) &&
    !nodes.missed('conntrack-events', node, lost.bornAt, madeAt)
  );
}

/** A node that saw no entry of the flow at all cannot say what became of it. */
function entriesSeen({ available, firsts, second }: Story): boolean {
  return available.has('conntrack-events') && firsts.length + second.length > 0;
}

/** Entries that were there when the connection last worked. */
function carried({ firsts, second, lost, slack }: Story): Entry[] {
  return [...firsts, ...second].filter((entry) => wasThere(entry, lost.lastGoodAt, slack));
}

const lines = ({ destroyed }: Entry) => (destroyed === null ? [] : [asEvidence(destroyed)]);
