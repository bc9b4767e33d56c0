// Whether two flows wanted one translation: the entry of what was sent could not be made, as another flow had its address and port already;
// or another flow got those of this connection, whose own entry had run out.
import type { CountersEvent } from '../../model/node-event.ts';
import { wasThere, type Entry } from '../connections/entry-index.ts';
import { counterLine, rose } from './counters.ts';
import { countersMeanwhile } from './entry-refused.ts';
import { asEvidence, entriesGap, notSeen, unknown, yes, type Look } from './fact.ts';

const failures = /^insert_failed$/;

/** Some flow's entry could not be made meanwhile, on a node that this connection crossed; of any protocol. */
export const insertionFailed: Look = (story) => {
  if (!story.available.has('conntrack-stats')) return unknown('conntrack-stats');
  const moved = countersMeanwhile(story).filter(isFailure);
  if (moved.length > 0) return yes(...moved.slice(0, 2).map((event) => counterLine(event, failures)));
  return notSeen(story, 'conntrack-stats');
};

/** After this connection's entry had run out, another flow was translated to the very address and port that its server knows it by. */
export const translationTaken: Look = (story) => {
  const { available, firsts, second, lost, nodes, slack } = story;
  const own = [...firsts, ...second];
  if (!available.has('conntrack-events') || own.length === 0) return unknown(entriesGap(story));
  for (const entry of own) {
    if (!wasThere(entry, lost.lastGoodAt, slack) || !hasRunOut(entry)) continue;
    const taker = nodes.entries
      .answeredAs(entry)
      .find(
        ({ made, madeAt }) =>
          made !== null && madeAt >= entry.destroyedAt - slack && madeAt <= lost.failedAt + slack,
      );
    const made = taker?.made ?? null;
    if (made !== null)
      return yes(...(entry.destroyed === null ? [] : [asEvidence(entry.destroyed)]), asEvidence(made));
  }
  return notSeen(story, 'conntrack-events');
};

const hasRunOut = ({ destroyed }: Entry): boolean =>
  destroyed?.state === 'ESTABLISHED' && !destroyed.deletedByProgram;

const isFailure = (event: CountersEvent): boolean =>
  event.source === 'conntrack-stats' && rose(event, failures);
