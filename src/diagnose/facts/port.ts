// The port that the server knew a connection by, against the port that its packets carry now.
import { parseMicros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { RuleChange } from '../../model/node-event.ts';
import type { EvidenceItem } from '../../model/run-record.ts';
import type { Entry } from '../connections/entry-index.ts';
import { portOf, type Story } from '../connections/story.ts';
import {
  asEvidence,
  captureGap,
  conclusion,
  entriesGap,
  no,
  notSeen,
  serverGap,
  unknown,
  yes,
  type Fact,
} from './fact.ts';

export interface PortMove {
  readonly flip: RuleChange;
  readonly had: number;
  readonly sees: number;
  /** The entry of the second crossing that the connection began with, and the one that the flip made. */
  readonly before: Entry | undefined;
  readonly now: Entry | undefined;
}

/** A routing rule came or went since the last good moment, on a node that carried the connection. */
export function ruleChanged(story: Story): Fact {
  if (!story.available.has('ip-monitor')) return unknown('ip-monitor');
  const last = story.ruleChanges.at(-1);
  return last === undefined ? notSeen(story, 'ip-monitor') : yes(asEvidence(last));
}

/** A routing rule came or went since the last good answer, and that moved the port which the server sees. */
export function ruleMovedPort(story: Story): Fact {
  if (!story.available.has('ip-monitor')) return unknown('ip-monitor');
  const hasEntries = story.available.has('conntrack-events') && story.first !== null;
  const answered = answeredPort(story);
  if (!hasEntries && (answered === undefined || story.accepted === null)) return unknown(entriesGap(story));
  const move = findMove(story, answered);
  // Of a connection that is older than the watch, which entries it had before the rule changed nobody knows.
  const isOlder = story.first !== null && story.first.made?.state !== 'SYN_SENT';
  if (move === undefined && isOlder && story.ruleChanges.length > 0) return unknown('entries-of-connection');
  if (move === undefined) return notSeen(story, 'ip-monitor');
  const evidence: EvidenceItem[] = [];
  if (story.accepted !== null && story.lost.client !== null) {
    const text = `the server accepted ${formatEndpoint(story.lost.client)} as ${story.accepted.peer}`;
    evidence.push({ source: 'server-events', at: story.accepted.at, text, file: 'events.ndjson' });
  }
  for (const entry of [story.first, move.before, move.now]) {
    const made = entry?.made ?? null;
    if (made !== null) evidence.push(asEvidence(made));
  }
  const text = `the server had port ${move.had} for this connection and now sees port ${move.sees}`;
  return yes(...evidence, asEvidence(move.flip), conclusion(story, text));
}

/** The change of a rule that moved the connection to another port, and the two ports. */
export function findMove(story: Story, answered = answeredPort(story)): PortMove | undefined {
  const { accepted, first, second, lost, ruleChanges } = story;
  // What a flow that crosses its node once reaches the server with.
  const own = first?.reply.dport ?? lost.client?.port;
  if (own === undefined) return undefined;
  // The handshake makes an entry in SYN_SENT, a packet in mid-stream one in another state: this tells the two apart without a
  // comparison of stamps, which tools print late on a busy machine.
  const before = second.findLast((entry) => entry.made === null || entry.made.state === 'SYN_SENT');
  const now = second.findLast((entry) => entry.made !== null && entry.made.state !== 'SYN_SENT');
  const had = accepted === null ? (before?.reply.dport ?? own) : portOf(accepted.peer);
  const sees = answered ?? now?.reply.dport ?? own;
  if (had === sees) return undefined;
  // A rule that came leads packets over the node twice: a second entry is made, with a new port. A rule that went ends that:
  // what reaches the server is what the first entry alone made of it. Both may have happened around one reset.
  const change = sees === own ? 'deleted' : 'added';
  const flip = ruleChanges.findLast((rule) => rule.change === change);
  return flip === undefined ? undefined : { flip, had, sees, before, now };
}

/** The port that the server's kernel answered with its first RST of all: the one that it had just seen. */
function answeredPort(story: Story): number | undefined {
  const [rst] = story.resets;
  return story.server !== null && rst?.direction === 'in' && rst.tuple.src === story.server.address
    ? rst.tuple.dport
    : undefined;
}

/** The first RST that left the server's pod was an answer to a port other than the one that the server had accepted. */
export function resetForAnotherPort(story: Story): Fact {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  if (story.accepted === null || story.server === null) return unknown(serverGap(story));
  const { server } = story;
  const sent = story.resets.filter((packet) => packet.tuple.src === server.address);
  const rst = sent.find((packet) => packet.direction === 'in');
  if (rst === undefined)
    return sent.some((packet) => packet.direction === 'unknown') ? unknown('capture-direction') : no();
  const had = portOf(story.accepted.peer);
  if (rst.tuple.dport === had || parseMicros(rst.at) < parseMicros(story.accepted.at)) return no();
  return yes(
    asEvidence(rst),
    conclusion(story, `this RST goes to port ${rst.tuple.dport}; the server had accepted port ${had}`),
  );
}
