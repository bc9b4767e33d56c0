// The connection's packets went to another endpoint than the one that served it: its translation was made anew, and chose again.
import { formatEndpoint } from '../../model/endpoint.ts';
import { asEvidence, conclusion, entriesGap, no, notSeen, unknown, yes, type Look } from './fact.ts';

export const sentElsewhere: Look = (story) => {
  const { rerouted, server, lost, available, firsts } = story;
  if (rerouted !== null) {
    const [from, to] = [rerouted.from, rerouted.to].map(formatEndpoint);
    return yes(
      ...rerouted.shownBy.map(asEvidence),
      conclusion(story, `${from ?? ''} served this connection, and its packets went to ${to ?? ''} at the end`),
    );
  }
  // What was dialled is the server's own address, and nobody's choice.
  if (server !== null && server.address === lost.target.address) return no();
  return available.has('conntrack-events') && firsts.length > 0
    ? notSeen(story, 'conntrack-events')
    : unknown(entriesGap(story));
};
