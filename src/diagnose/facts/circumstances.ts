// What happened around a connection: to the server's pod and process, to the node's tables and counters, to the client's slot.
import { parseMicros } from '../../model/clock.ts';
import type { BlindSpot, CountersEvent } from '../../model/node-event.ts';
import type { NodeWitness } from '../witness-words.ts';
import type { EvidenceItem } from '../../model/run-record.ts';
import type { Story } from '../connections/story.ts';
import { asEvidence, no, seenIf, serverGap, unknown, yes, type Sighting } from './sighting.ts';

/** The way to the server's pod, or its interface, came or went while the connection lived. */
export function endpointChanged(story: Story): Sighting {
  if (!story.available.has('ip-monitor')) return unknown('ip-monitor');
  const changes = story.endpointChanges;
  return changes.length === 0 ? no() : yes(...changes.slice(0, 3).map(asEvidence));
}

/** The server stopped listening. */
export function listenerClosed(story: Story): Sighting {
  if (!story.available.has('listeners')) return unknown('listeners');
  const closed = story.listenerChanges.find((change) => change.change === 'closed');
  if (closed !== undefined) return yes(asEvidence(closed));
  return story.lookedIntoServer('listeners') ? no() : unknown('listeners');
}

/** The next attempt to connect was refused. One that was made late, when somebody listened again, cannot tell. */
export function refusedAfterwards(story: Story): Sighting {
  const [next] = story.incident.afterwards;
  const opened = story.listenerChanges.some(({ change }) => change === 'opened');
  if (next === undefined || (next.event === 'connected' && opened)) return unknown(null);
  return seenIf(
    next.event === 'failed' && next.failure === 'refused',
    clientLine(story, next.at, 'the next attempt to connect was refused'),
  );
}

/** The next attempts to connect were not answered. */
export function silentAfterwards(story: Story): Sighting {
  const [next] = story.incident.afterwards;
  if (next === undefined) return unknown(null);
  const silent = next.event === 'failed' && (next.failure === 'timeout' || next.failure === 'unreachable');
  return seenIf(silent, clientLine(story, next.at, 'the next attempt to connect was not answered'));
}

/** The connection was idle when it failed: not the client's next packet brought the failure about. */
export function failedWhileIdle(story: Story): Sighting {
  const { failed } = story.incident;
  return seenIf(
    failed.phase === 'idle',
    clientLine(story, failed.at, 'the connection was idle when it failed'),
  );
}

/** The failure was a RST, for the client. */
export function wasReset(story: Story): Sighting {
  const { failed } = story.incident;
  const text = `${failed.syscall} ${failed.local ?? '?'}->${failed.remote}: ${failed.errno} while ${failed.phase}, after ${failed.answers} answers`;
  return seenIf(failed.failure === 'reset', clientLine(story, failed.at, text));
}

/** The peer closed in an orderly way. */
export function wasClosed(story: Story): Sighting {
  const { failed } = story.incident;
  return seenIf(failed.failure === 'closed', clientLine(story, failed.at, 'the peer closed the connection'));
}

/** Nobody answered. */
export function timedOut(story: Story): Sighting {
  const { failed } = story.incident;
  const silent = failed.failure === 'timeout' || failed.failure === 'unreachable';
  return seenIf(
    silent,
    clientLine(story, failed.at, `${failed.syscall}: ${failed.errno} while ${failed.phase}`),
  );
}

/** It never came to a connection. */
export function neverConnected(story: Story): Sighting {
  return seenIf(story.incident.failed.phase === 'connecting');
}

/** The server's process ended this connection because the client had been silent for too long. */
export function serverDeadline(story: Story): Sighting {
  if (story.accepted === null) return unknown(serverGap(story));
  const { ended } = story;
  if (ended?.failure !== 'timeout') return no();
  return yes({
    source: 'server-events',
    at: ended.at,
    text: `the server gave up waiting for ${ended.peer}`,
    file: 'events.ndjson',
  });
}

/** The server noticed the end of this connection before the client did, and as a RST. */
export function serverWasReset(story: Story): Sighting {
  if (story.accepted === null) return unknown(serverGap(story));
  const { ended, incident } = story;
  const early = ended?.failure === 'reset' && parseMicros(ended.at) <= incident.failedAt + story.slack;
  return seenIf(early, {
    source: 'server-events',
    at: ended?.at ?? '',
    text: `the server was reset by ${ended?.peer ?? ''}`,
    file: 'events.ndjson',
  });
}

/** Packets were judged INVALID. */
export const invalidRose = counterRose('conntrack-stats', /^invalid$/);
/** Entries were thrown away early, or could not be made. */
export const tableOverflowed = counterRose('conntrack-stats', /^(drop|early_drop)$/);
/** A rule that rejects was hit. */
export const rejectRuleHit = ruleHit(/REJECT|reject/, 'reject');
/** A rule that drops was hit (those for INVALID packets apart). */
export const dropRuleHit = ruleHit(/^(?!.*INVALID)(?!.*ctstate)(?!.*ct state).*(DROP|drop)/, 'drop');
/** The rule that drops INVALID packets was hit. */
export const invalidRuleHit = ruleHit(/INVALID.*DROP|invalid.*drop/i, 'drop');
/** The server's kernel sent RSTs. */
export const serverSentReset = counterRose('snmp', /^TcpOutRsts$/, 'of the server');
/** A socket of the server was closed with data unread, or aborted. */
export const serverAborted = counterRose('snmp', /^TcpExtTCPAbortOn(Data|Close|Linger)$/, 'of the server');

function counterRose(
  witness: NodeWitness,
  name: RegExp,
  whose?: 'of the server',
): (story: Story) => Sighting {
  return (story) => {
    if (!story.available.has(witness)) return unknown(witness);
    const rose = story.counters.filter(
      (event) =>
        event.source === witness &&
        matches(event, name) &&
        (whose === undefined || event.scope === story.server?.address),
    );
    if (rose.length > 0) return yes(...rose.slice(0, 2).map((event) => counterLine(event, name)));
    return whose === undefined || story.lookedIntoServer(witness) ? no() : unknown(witness);
  };
}

/** That no counter rose says something only where each such rule has one, and somebody read it. */
function ruleHit(name: RegExp, ending: BlindSpot): (story: Story) => Sighting {
  const look = counterRose('rule-counters', name);
  return (story) => {
    const sighting = look(story);
    if (sighting.seen !== 'no') return sighting;
    if (story.unseenRules.of.has(ending)) return unknown('rules-without-counter');
    return story.unseenRules.onSomeNode ? unknown('rules-of-every-node') : sighting;
  };
}

const matches = (event: CountersEvent, name: RegExp) =>
  Object.entries(event.changes).some(([counter, change]) => change > 0 && name.test(counter));

function counterLine(event: CountersEvent, name: RegExp): EvidenceItem {
  const moved = Object.entries(event.changes).filter(([counter, change]) => change > 0 && name.test(counter));
  const text = moved.map(([counter, change]) => `${counter} +${change}`).join(', ');
  return { ...asEvidence(event), text: `${event.scope}: ${text}` };
}

/** The node's table was full. */
export function tableFull(story: Story): Sighting {
  if (!story.available.has('conntrack-stats')) return unknown('conntrack-stats');
  const full = story.counters.find((event) => {
    const { nf_conntrack_count: count, nf_conntrack_max: max } = event.values;
    return count !== undefined && max !== undefined && max > 0 && count >= 0.95 * max;
  });
  return full === undefined ? no() : yes(asEvidence(full));
}

function clientLine(story: Story, at: string, text: string): EvidenceItem {
  return {
    source: 'client-events',
    at: at === '' ? story.incident.failed.at : at,
    text,
    file: 'events.ndjson',
  };
}
