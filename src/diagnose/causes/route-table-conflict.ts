// Two agents fight over a policy-routing rule: while it stands a same-node flow crosses the node twice and the server sees a
// rewritten port, while it is missing the server sees the client's own. Each flip moves the flow to a port nobody knows.
import { formatMicros } from '../../model/clock.ts';
import { formatEndpoint, parseEndpoint } from '../../model/endpoint.ts';
import type { RuleChange } from '../../model/node-event.ts';
import type { EvidenceItem } from '../../model/run-record.ts';
import type { Entry } from '../entries.ts';
import type { Explanation, Observation } from '../explanation.ts';
import type { ResetStory } from '../reset-story.ts';

export const fixes = ['felix-table-range', 'headless-service'] as const;

/** Undefined unless a rule changed since the last good answer and the port that the server sees moved with it. */
export function explainRouteTableConflict(story: ResetStory): Explanation | undefined {
  if (someEntryRemoved(story)) return undefined;
  const move = portMove(story);
  if (move === undefined) return undefined;
  const { flip } = move;
  const observations: Observation[] = [
    {
      name: 'a routing rule changed since the last good answer',
      logOdds: 3,
      evidence: [{ source: flip.source, at: flip.at, text: flip.text, file: flip.file }],
    },
    { name: 'the port that the server sees moved', logOdds: 3, evidence: portEvidence(story, move) },
    {
      name: 'no entry of the flow was removed before the reset',
      logOdds: 1.5,
      evidence: [
        {
          source: 'conntrack-events',
          at: story.failed.at,
          text: `no DESTROY of an entry of this flow between ${formatMicros(story.lastGoodAt)} and the reset`,
          file: story.first?.made?.file ?? null,
        },
      ],
    },
    arrival(story),
  ];
  const added = story.ruleHistory.filter((rule) => rule.change === 'added').length;
  const deleted = story.ruleHistory.length - added;
  if (added > 0 && deleted > 0) {
    observations.push({
      name: `the rule was deleted ${deleted} and added ${added} times`,
      logOdds: 1.5,
      evidence: [],
    });
  }
  return { cause: 'route-table-conflict', observations };
}

/** Whether an entry that carried good answers was removed between the last one and the reset. */
function someEntryRemoved({ first, second, lastGoodAt, failedAt }: ResetStory): boolean {
  return [...(first === null ? [] : [first]), ...second].some(
    ({ madeAt, destroyedAt }) => madeAt <= lastGoodAt && destroyedAt > lastGoodAt && destroyedAt < failedAt,
  );
}

interface PortMove {
  readonly flip: RuleChange;
  /** The port that the server had for this connection, and the one that its packets carry since the flip. */
  readonly had: number;
  readonly sees: number;
  /** The entry of the second crossing that carried good answers, and the one that the flip made. */
  readonly before: Entry | undefined;
  readonly now: Entry | undefined;
}

/** Undefined unless a rule changed and the port moved in the direction that this change moves it. */
function portMove({
  accepted,
  first,
  second,
  client,
  lastGoodAt,
  ruleChanges,
}: ResetStory): PortMove | undefined {
  if (first === null) return undefined;
  const before = second.findLast((entry) => entry.madeAt <= lastGoodAt);
  const now = second.findLast((entry) => entry.madeAt > lastGoodAt);
  // A rule that came leads packets over the node twice: a second entry is made, with a new port. A rule that went ends that:
  // what reaches the server is what the first entry alone made of it. Both may have happened around one reset.
  const change = now === undefined ? 'deleted' : 'added';
  const flip = ruleChanges.findLast((rule) => rule.change === change);
  if (flip === undefined) return undefined;
  const had = accepted === null ? (before?.reply.dport ?? client.port) : portOf(accepted.peer);
  const sees = (now ?? first).reply.dport;
  return had === sees ? undefined : { flip, had, sees, before, now };
}

const portOf = (endpoint: string) => parseEndpoint(endpoint)?.port ?? Number.NaN;

function portEvidence({ accepted, client, first, failed }: ResetStory, move: PortMove): EvidenceItem[] {
  const items: EvidenceItem[] = [];
  if (accepted !== null) {
    const text = `the server accepted ${formatEndpoint(client)} as ${accepted.peer}`;
    items.push({ source: 'server-events', at: accepted.at, text, file: 'events.ndjson' });
  }
  for (const entry of [first, move.before, move.now]) {
    const made = entry?.made ?? null;
    if (made === null) continue;
    const { source, at, text, file } = made;
    items.push({ source, at, text, file });
  }
  const text = `the server had port ${move.had} for this connection and now sees port ${move.sees}`;
  return [...items, { source: 'diagnosis', at: failed.at, text, file: null }];
}

function arrival(story: ResetStory): Observation {
  const { failed } = story;
  const text = `${failed.syscall} ${failed.local ?? '?'}->${failed.remote}: ${failed.errno} while ${failed.phase}, ${failed.answers} answers before`;
  return {
    name: 'the client was reset',
    logOdds: failed.phase === 'awaiting' ? 0.5 : 0,
    evidence: [{ source: 'client-events', at: failed.at, text, file: 'events.ndjson' }],
  };
}
