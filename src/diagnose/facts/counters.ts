// Counters that moved between the last good moment and shortly after the loss.
import type { BlindSpot, CountersEvent } from '../../model/node-event.ts';
import type { EvidenceItem } from '../../model/run-record.ts';
import type { NodeWitness } from '../witness-words.ts';
import { asEvidence, notSeen, seenIf, unknown, yes, type Look } from './fact.ts';

/** Packets were judged INVALID. */
export const invalidRose = counterRose('conntrack-stats', /^invalid$/);
/** Entries were thrown away early, or could not be made. */
export const tableOverflowed: Look = (story) => {
  const fact = anyTableOverflowed(story);
  if (fact.seen !== 'no') return fact;
  // Each node on the way has a table of its own, and the server's need not have let anything through to be seen.
  const { serverNode, nodes } = story;
  return serverNode !== null && nodes.ran('conntrack-stats', serverNode) ? fact : unknown('conntrack-stats');
};
const anyTableOverflowed = counterRose('conntrack-stats', /^(drop|early_drop)$/);
/** A rule that rejects was hit. */
export const rejectRuleHit = ruleHit(/REJECT|reject/, 'reject');
/** A rule that drops was hit (those for INVALID packets apart). */
export const dropRuleHit = ruleHit(/^(?!.*INVALID)(?!.*ctstate)(?!.*ct state).*(DROP|drop)/, 'drop');
/** None is known to have been, be it that nobody could look. */
export const noDropRuleKnown: Look = (story) => seenIf(dropRuleHit(story).seen !== 'yes');
/** The rule that drops INVALID packets was hit. */
export const invalidRuleHit = ruleHit(/INVALID.*DROP|invalid.*drop/i, 'drop');

/** The node's table was full. */
export const tableFull: Look = (story) => {
  if (!story.available.has('conntrack-stats')) return unknown('conntrack-stats');
  const full = story.counters.find((event) => {
    const { nf_conntrack_count: count, nf_conntrack_max: max } = event.values;
    return count !== undefined && max !== undefined && max > 0 && count >= 0.95 * max;
  });
  return full === undefined ? notSeen(story, 'conntrack-stats') : yes(asEvidence(full));
};

function counterRose(witness: NodeWitness, name: RegExp): Look {
  return (story) => {
    if (!story.available.has(witness)) return unknown(witness);
    const moved = story.counters.filter((event) => event.source === witness && rose(event, name));
    return moved.length > 0
      ? yes(...moved.slice(0, 2).map((event) => counterLine(event, name)))
      : notSeen(story, witness);
  };
}

/**
 * That no counter rose says nothing of rules that came and went between two readings; of those that stay, only where each has a
 * counter and somebody read it.
 */
function ruleHit(name: RegExp, ending: BlindSpot): Look {
  const look = counterRose('rule-counters', name);
  return (story) => {
    const fact = look(story);
    if (fact.seen !== 'no') return fact;
    if (story.unseenRules.of.has(ending)) return unknown('rules-without-counter');
    return unknown(story.unseenRules.onSomeNode ? 'rules-of-every-node' : 'rules-between-readings');
  };
}

/** Whether a counter of that name rose. */
export const rose = (event: CountersEvent, name: RegExp): boolean =>
  Object.entries(event.changes).some(([counter, change]) => change > 0 && name.test(counter));

/** What rose, as a line. */
export function counterLine(event: CountersEvent, name: RegExp): EvidenceItem {
  const moved = Object.entries(event.changes).filter(([counter, change]) => change > 0 && name.test(counter));
  const text = moved.map(([counter, change]) => `${counter} +${change}`).join(', ');
  const { source, at, file } = event;
  return { source, at, file, text: `${event.scope}: ${text}` };
}
