// Two agents fight over a policy-routing rule: while it stands a same-node flow crosses the node twice and the server sees a
// rewritten port, while it is missing the server sees the client's own. Each flip moves the flow to a port nobody knows.
import { formatMicros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { EvidenceItem } from '../../model/run-record.ts';
import type { Entry } from '../entries.ts';
import type { Explanation, Observation } from '../explanation.ts';
import type { ResetStory } from '../reset-story.ts';

export const fixes = ['felix-table-range', 'headless-service'] as const;

/** Undefined unless a rule changed since the last good answer and the port that the server sees moved with it. */
export function explainRouteTableConflict(story: ResetStory): Explanation | undefined {
  const flip = story.ruleChanges.at(-1);
  const ports = portsSeen(story);
  if (flip === undefined || ports === undefined) return undefined;
  const deletedBefore = [story.first, ...story.second].some(
    (entry) => entry !== null && entry.destroyedAt < story.failedAt && entry.destroyedAt > story.lastGoodAt && wasAlive(entry, story),
  );
  if (deletedBefore) return undefined;
  const observations: Observation[] = [
    {
      name: 'a routing rule changed since the last good answer',
      logOdds: 3,
      evidence: [{ source: flip.source, at: flip.at, text: flip.text, file: flip.file }],
    },
    { name: 'the port that the server sees moved', logOdds: 3, evidence: ports },
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
    observations.push({ name: `the rule was deleted ${deleted} and added ${added} times`, logOdds: 1.5, evidence: [] });
  }
  return { cause: 'route-table-conflict', observations };
}

/** Entries whose whole life was within the reset itself (made by the last packet, closed by its RST) were not removed before it. */
function wasAlive(entry: Entry, story: ResetStory): boolean {
  return entry.madeAt <= story.lastGoodAt;
}

/**
 * The port that the server had for this connection against the port that its packets carry now; undefined when they are equal or
 * one of them is unknown.
 */
function portsSeen(story: ResetStory): EvidenceItem[] | undefined {
  const { accepted, first, second, client } = story;
  if (first === null) return undefined;
  const before = second.findLast((entry) => entry.madeAt <= story.lastGoodAt);
  const now = second.findLast((entry) => entry.madeAt > story.lastGoodAt);
  const had = accepted === null ? (before?.reply.dport ?? client.port) : Number(accepted.peer.split(':').at(-1));
  const flip = story.ruleChanges.at(-1);
  // With the rule deleted there is no second crossing: what reaches the server is what the first entry made of it.
  const sees = now?.reply.dport ?? (flip?.change === 'deleted' ? first.reply.dport : undefined);
  if (sees === undefined || sees === had) return undefined;
  const items: EvidenceItem[] = [];
  if (accepted !== null) {
    items.push({
      source: 'server-events',
      at: accepted.at,
      text: `the server accepted ${formatEndpoint(client)} as ${accepted.peer}`,
      file: 'events.ndjson',
    });
  }
  for (const entry of [first, before, now]) {
    if (entry?.made != null) {
      const { source, at, text, file } = entry.made;
      items.push({ source, at, text, file });
    }
  }
  items.push({
    source: 'diagnosis',
    at: story.failed.at,
    text: `the server had port ${had} for this connection and now sees port ${sees}`,
    file: null,
  });
  return items;
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
