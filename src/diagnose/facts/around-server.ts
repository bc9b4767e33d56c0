// What happened around the server: to its pod's way and to its listener.
import { asEvidence, no, unknown, yes, type Look } from './fact.ts';

/** The way to the server's pod, or its interface, came or went while the connection lived. */
export const endpointChanged: Look = (story) => {
  if (!story.available.has('ip-monitor')) return unknown('ip-monitor');
  const changes = story.endpointChanges;
  return changes.length === 0 ? no() : yes(...changes.slice(0, 3).map(asEvidence));
};

/** The server stopped listening. */
export const listenerClosed: Look = (story) => {
  if (!story.available.has('listeners')) return unknown('listeners');
  const closed = story.listenerChanges.find((change) => change.change === 'closed');
  if (closed !== undefined) return yes(asEvidence(closed));
  return story.lookedIntoServer('listeners') ? no() : unknown('listeners');
};
