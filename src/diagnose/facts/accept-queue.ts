// Whether the server's kernel had no place for the connection, because its listener's queue of connections to accept was full.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { Story } from '../connections/story.ts';
import { neverArrived } from './arrival.ts';
import { counterLine, rose } from './counters.ts';
import { no, unknown, yes, type Look } from './fact.ts';

/** A kernel that has no place says so, or keeps silent, as the connection is made: none waits longer for its first answer. */
const longestAttempt: Micros = 130_000_000;
const overflows = /^TcpExtListenOverflows$/;

/**
 * The kernel of the server's namespace counted openings that found the queue full while this connection was being made. Not asked of
 * one that was ever answered by a program: it had its place.
 */
export const acceptQueueOverflowed: Look = (story) => {
  const { lost, counters, serverScope, serverNode, nodes, slack } = story;
  if (lost.phase === null || !isYoung(story)) return no();
  if (lost.phase === 'connecting' && neverArrived(story).seen === 'yes') return no();
  if (serverScope === null || serverNode === null || !story.lookedIntoServer('snmp')) return unknown('snmp');
  const since = Math.max(lost.bornAt - slack, lost.failedAt - longestAttempt);
  const risen = counters.filter(
    (event) =>
      event.source === 'snmp' &&
      event.node === serverNode &&
      event.scope === serverScope &&
      parseMicros(event.at) >= since &&
      rose(event, overflows),
  );
  if (risen.length > 0) return yes(...risen.slice(0, 2).map((event) => counterLine(event, overflows)));
  const wasRead = nodes.counted(serverScope) && nodes.lastRoundSince('snmp', serverNode) >= lost.failedAt;
  return wasRead ? no() : unknown('snmp');
};

/** Nothing that a program said ever came of it, and its beginning was seen. */
function isYoung({ lost, packets, goesToClient }: Story): boolean {
  if (lost.phase === 'connecting') return true;
  if (!Number.isFinite(lost.bornAt) || (lost.report !== null && lost.report.answers > 0)) return false;
  return !packets.some((packet) => packet.payloadLength > 0 && goesToClient(packet));
}
