// Counters that moved between the last good moment and shortly after the loss.
import type { BlindSpot, CountersEvent } from '../../model/node-event.ts';
import type { EvidenceItem } from '../../model/run-record.ts';
import type { NodeWitness } from '../witness-words.ts';
import type { Story } from '../connections/story.ts';
import { endpointElements } from './refused-elements.ts';
import { asEvidence, no, notSeen, seenIf, unknown, yes, type Look } from './fact.ts';

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
const overflows = /^(drop|early_drop)$/;
const anyTableOverflowed: Look = (story) => {
  if (!story.available.has('conntrack-stats')) return unknown('conntrack-stats');
  const moved = story.counters.filter((event) => event.source === 'conntrack-stats' && overflowed(event));
  return moved.length > 0
    ? yes(...moved.slice(0, 2).map((event) => counterLine(event, overflows)))
    : notSeen(story, 'conntrack-stats');
};

/** A packet whose entry could not be added beside another's is dropped, too, and counted twice: the table has room then. */
const overflowed = ({ changes }: CountersEvent): boolean =>
  (changes['early_drop'] ?? 0) > 0 || (changes['drop'] ?? 0) > (changes['insert_failed'] ?? 0);

/**
 * kube-proxy's rules for Services without endpoints, which meet attempts to connect alone: policy is another matter. nft prints them
 * without their comment; in these chains nothing else rejects.
 */
export const noEndpoints =
  /has no endpoints|\bKUBE-(?:EXTERNAL-)?SERVICES\b.*(?:REJECT|reject)|\bkube-proxy\S* reject-chain\b/;
/** A rule that rejects was hit; of those for Services without endpoints none counts. */
export const rejectRuleHit: Look = (story) => {
  const found = anyRejectRuleHit(story);
  if (found.seen !== 'unknown' || story.lost.phase !== 'connecting') return found;
  // What was refused was counted by the one rule, and by no other.
  return noEndpointsHit(story) ? no() : found;
};
const anyRejectRuleHit = ruleHit(new RegExp(`^(?!.*(?:${noEndpoints.source})).*(?:REJECT|reject)`), 'reject');

/** Whether the rule for the very address and port that was dialled counted, as far as its text names them, or they came to be refused. */
const noEndpointsHit = (story: Story): boolean =>
  endpointRules(story).length + endpointElements(story).length > 0;

export const endpointRules = ({ counters, lost: { target } }: Story): readonly CountersEvent[] => {
  const isItsOwn = (rule: string) => {
    if (!noEndpoints.test(rule)) return false;
    const [, address] = / (?:-d|daddr) ([0-9a-f.:]+)(?:\/[0-9]+)?(?= |$)/.exec(rule) ?? [];
    const [, port] = /dports? ([0-9]+)(?= |$)/.exec(rule) ?? [];
    // In mode nftables one chain is for all of them.
    const isPort = port === String(target.port) || (port === undefined && rule.includes('reject-chain'));
    return isPort && (address === undefined || address === target.address);
  };
  return counters.filter(
    ({ source, changes }) =>
      source === 'rule-counters' &&
      Object.entries(changes).some(([rule, change]) => change > 0 && isItsOwn(rule)),
  );
};
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
