// What happened around the server: to its pod's way and to its listener.
import { parseMicros } from '../../model/clock.ts';
import type { Story } from '../connections/story.ts';
import { between } from '../connections/time-range.ts';
import { ownerChanged } from './address-owner.ts';
import { senderWasEnding, serverHadNoSocket, serverWasEnding } from './reset-sender.ts';
import { asEvidence, no, notSeen, unknown, yes, type Look } from './fact.ts';

/** The way to the server's pod, or its interface, came or went while the connection lived. */
export const endpointChanged: Look = (story) => {
  if (!story.available.has('ip-monitor')) return unknown('ip-monitor');
  const changes = story.endpointChanges;
  if (changes.length > 0) return yes(...changes.slice(0, 3).map(asEvidence));
  // Beyond the network segment nobody tells of links and routes: that its MAC is another one may mean that it was replaced there.
  return ownerChanged(story).seen === 'yes' ? unknown('its-hours') : notSeen(story, 'ip-monitor');
};

/** The server stopped listening. */
export const listenerClosed: Look = (story) => {
  if (!story.available.has('listeners')) return unknown('listeners');
  const closed = story.listenerChanges.find((change) => change.change === 'closed');
  if (closed !== undefined) return yes(asEvidence(closed));
  // Whom its kernel has no socket for, nobody listened for: a look that has not come to that yet says nothing.
  if (story.lost.failure === 'refused' && serverHadNoSocket(story).seen === 'yes')
    return unknown('listeners');
  // A new process was quicker than two looks then, or nobody has looked since.
  if (serverWasEnding(story) || lookedTooLate(story)) return unknown('listeners');
  return story.lookedIntoServer('listeners') ? notSeen(story, 'listeners') : unknown('listeners');
};

/**
 * By the looks nobody listened while it was well, or somebody began to after it was lost: one that served it came between two of them,
 * and may have gone so.
 */
function lookedTooLate({ lost, nodes, server, serverScope, listenerChanges, slack }: Story): boolean {
  if (server === null || serverScope === null || lost.phase === 'connecting') return false;
  const good = lost.lastGoodAt - slack;
  const before = between(nodes.listenersOf(serverScope, server.port), Number.NEGATIVE_INFINITY, good).at(-1);
  return (
    before?.change === 'closed' ||
    listenerChanges.some(({ change, at }) => change === 'opened' && parseMicros(at) >= lost.failedAt - slack)
  );
}

/** The processes that listened for the server ended with the listener; not one that closed it and went on. */
export const listenerProcessEnded: Look = (story) => {
  const closed = story.listenerChanges.filter(({ change }) => change === 'closed');
  if (closed.length === 0) return listenerClosed(story);
  const ended = closed.find(({ owner }) => owner === 'ended');
  if (ended !== undefined) return yes(asEvidence(ended));
  return closed.every(({ owner }) => owner === 'lives')
    ? no(...closed.map(asEvidence))
    : unknown('owner-of-listener');
};

/** The process that listened for the server went on, with its listener or without; unless another one had the connection, and ended. */
export const listenerProcessLivedOn: Look = (story) => {
  if (senderWasEnding(story).seen === 'yes') return no();
  const ended = listenerProcessEnded(story);
  if (ended.seen === 'unknown') return ended;
  return ended.seen === 'no' ? yes(...ended.evidence) : no();
};
