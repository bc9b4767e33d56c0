// How far it came, what was sent again and again: only a witness where it should have come in can say that it vanished on the way. What
// came as far as its end and was not answered there was dropped by that end: by its kernel, or by a rule of its own.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import { openedAgain } from '../connections/sent-in-vain.ts';
import { counterLine, rose } from './counters.ts';
import { takesData } from './data-captured.ts';
import { asEvidence, captureGap, no, seenIf, unknown, yes, type Look } from './fact.ts';

/** None of it came to the interface behind which its end is, which was watched; or its end answered, and the answer vanished. */
export const neverArrived: Look = (story) => {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const again = story.packets.findLast((packet) => packet.retransmission) ?? openedAgain(story.packets);
  if (again === undefined) return unknown('rest-of-connection');
  const { nodes, lost, goesToClient, serverInterface, clientInterface, slack } = story;
  const toClient = goesToClient(again);
  const missing = toClient ? 'capture-at-client' : 'capture-at-server';
  const entrance = toClient ? clientInterface : serverInterface;
  if (entrance === null || !nodes.ran('capture', entrance.node)) return unknown(missing);
  const there = story.packets.filter(
    ({ node, interface: name }) => node === entrance.node && name === entrance.name,
  );
  const arrived = there.find(
    (packet) => isSame(packet, again) && goesToClient(packet) === toClient && packet.direction === 'out',
  );
  if (arrived !== undefined) {
    const answer = there.find(({ at, direction }) => at > arrived.at && direction === 'in');
    return answer === undefined ? no(asEvidence(arrived)) : yes(asEvidence(answer));
  }
  if (again.direction === 'unknown') return unknown('capture-direction');
  if (again.payloadLength > 0 && !takesData(nodes, entrance.node)) return unknown('captured-data');
  if (nodes.mayHaveMissed('capture', entrance.node, parseMicros(again.at), lost.failedAt + slack))
    return unknown('what-was-lost');
  return nodes.missed('capture', entrance.node, parseMicros(again.at), parseMicros(again.at))
    ? unknown('its-hours')
    : yes(asEvidence(again));
};

const isSame = (a: PacketEvent, b: PacketEvent): boolean =>
  a.seq === b.seq &&
  a.payloadLength > 0 === b.payloadLength > 0 &&
  a.flags.includes('S') === b.flags.includes('S');

/** Nothing shows that it did, be it that nobody could look. */
export const mayNeverHaveArrived: Look = (story) =>
  seenIf(neverArrived(story).seen !== 'no' && serverDroppedOpenings(story).seen !== 'yes');

/** No attempt to connect is made for longer: tcp_syn_retries. */
const longestAttempt: Micros = 130_000_000;
const droppedOpenings = /^TcpExtListen(Overflows|Drops)$/;

/**
 * The kernel of the server's namespace dropped openings while this connection was being made, because its listener's queue was full. Not
 * asked of a connection that there was already.
 */
export const serverDroppedOpenings: Look = (story) => {
  const { lost, counters, serverScope, serverNode, nodes } = story;
  if (lost.phase !== 'connecting') return lost.phase === null ? unknown(null) : no();
  // Others' then.
  if (neverArrived(story).seen === 'yes') return no();
  if (serverScope === null || serverNode === null || !story.lookedIntoServer('snmp')) return unknown('snmp');
  const since = lost.failedAt - longestAttempt;
  const risen = counters.filter(
    (event) =>
      event.source === 'snmp' &&
      event.node === serverNode &&
      event.scope === serverScope &&
      parseMicros(event.at) >= since &&
      rose(event, droppedOpenings),
  );
  if (risen.length > 0) return yes(...risen.slice(0, 2).map((event) => counterLine(event, droppedOpenings)));
  const wasRead = nodes.counted(serverScope) && nodes.lastRoundSince('snmp', serverNode) >= lost.failedAt;
  return wasRead ? no() : unknown('snmp');
};
