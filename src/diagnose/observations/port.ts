// The port that the server knew a connection by, against the port that its packets carry now.
import { parseMicros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { RuleChange } from '../../model/node-event.ts';
import type { EvidenceItem } from '../../model/run-record.ts';
import type { Entry } from '../timeline/entries.ts';
import { portOf } from '../timeline/story.ts';
import type { Story } from '../timeline/story.ts';
import { asEvidence, conclusion, no, unknown, yes } from './sighting.ts';
import type { Sighting } from './sighting.ts';

interface PortMove {
  readonly flip: RuleChange;
  readonly had: number;
  readonly sees: number;
  /** The entry of the second crossing that carried good answers, and the one that the flip made. */
  readonly before: Entry | undefined;
  readonly now: Entry | undefined;
}

/** A routing rule came or went since the last good answer, and that moved the port which the server sees. */
export function ruleMovedPort(story: Story): Sighting {
  if (!story.available.has('ip-monitor')) return unknown('ip-monitor');
  if (!story.available.has('conntrack-events') || story.first === null) return unknown('conntrack-events');
  const move = findMove(story);
  if (move === undefined) return no();
  const evidence: EvidenceItem[] = [];
  if (story.accepted !== null && story.incident.client !== null) {
    const text = `the server accepted ${formatEndpoint(story.incident.client)} as ${story.accepted.peer}`;
    evidence.push({ source: 'server-events', at: story.accepted.at, text, file: 'events.ndjson' });
  }
  for (const entry of [story.first, move.before, move.now]) {
    const made = entry?.made ?? null;
    if (made !== null) evidence.push(asEvidence(made));
  }
  const text = `the server had port ${move.had} for this connection and now sees port ${move.sees}`;
  return yes(...evidence, asEvidence(move.flip), conclusion(story, text));
}

function findMove({ accepted, first, second, incident, ruleChanges }: Story): PortMove | undefined {
  if (first === null) return undefined;
  const { client, lastGoodAt } = incident;
  const before = second.findLast((entry) => entry.madeAt <= lastGoodAt);
  const now = second.findLast((entry) => entry.madeAt > lastGoodAt);
  // A rule that came leads packets over the node twice: a second entry is made, with a new port. A rule that went ends that:
  // what reaches the server is what the first entry alone made of it. Both may have happened around one reset.
  const change = now === undefined ? 'deleted' : 'added';
  const flip = ruleChanges.findLast((rule) => rule.change === change);
  if (flip === undefined) return undefined;
  const had = accepted === null ? (before?.reply.dport ?? client?.port ?? Number.NaN) : portOf(accepted.peer);
  const sees = (now ?? first).reply.dport;
  return had === sees ? undefined : { flip, had, sees, before, now };
}

/** The first RST that left the server's pod was an answer to a port other than the one that the server had accepted. */
export function resetForAnotherPort(story: Story): Sighting {
  if (!story.available.has('capture')) return unknown('capture');
  if (story.accepted === null || story.server === null) return unknown('server-events');
  const { server } = story;
  const rst = story.resets.find((packet) => packet.direction === 'in' && packet.tuple.src === server.address);
  if (rst === undefined) return no();
  const had = portOf(story.accepted.peer);
  if (rst.tuple.dport === had || parseMicros(rst.at) < parseMicros(story.accepted.at)) return no();
  return yes(
    asEvidence(rst),
    conclusion(story, `this RST goes to port ${rst.tuple.dport}; the server had accepted port ${had}`),
  );
}
