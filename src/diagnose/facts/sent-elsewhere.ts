// The connection's packets went to another endpoint than the one that served it: its translation was made anew, and chose again.
import { parseMicros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import { asEvidence, conclusion, entriesGap, no, notSeen, unknown, yes, type Look } from './fact.ts';

export const sentElsewhere: Look = (story) => {
  const { rerouted, server, lost, available, firsts, nodes } = story;
  // To the very address that was dialled nobody sent it: it was left untranslated.
  const leftAsDialled = rerouted !== null && formatEndpoint(rerouted.to) === formatEndpoint(lost.target);
  if (leftAsDialled) return no(...rerouted.shownBy.map(asEvidence));
  if (rerouted !== null) {
    const [from, to] = [rerouted.from, rerouted.to].map(formatEndpoint);
    return yes(
      ...rerouted.shownBy.map(asEvidence),
      conclusion(
        story,
        `${from ?? ''} served this connection, and its packets went to ${to ?? ''} at the end`,
      ),
    );
  }
  const isKnownFromBirth = firsts.some(({ made }) => made?.state === 'SYN_SENT');
  if (server !== null && server.address === lost.target.address) {
    if (firstSeenMidStream(story).seen === 'yes') return unknown('unwatched-node');
    // What was dialled is the server's own address, and nobody's choice; unless that is a Service's, whose pods nobody saw.
    return isKnownFromBirth || nodes.nodeOf(server.address) !== null ? no() : unknown(entriesGap(story));
  }
  return available.has('conntrack-events') && firsts.length > 0
    ? notSeen(story, 'conntrack-events')
    : unknown(entriesGap(story));
};

/**
 * On the nodes that were watched the connection begins with a packet in mid-stream, for the pod itself: its entry had run out there, or it
 * had never come there before, and somebody elsewhere sent it here now.
 */
export const firstSeenMidStream: Look = (story) => {
  const { available, firsts, second, packets, server, lost, slack } = story;
  if (!available.has('conntrack-events') || firsts.length === 0) return unknown(entriesGap(story));
  const [first] = firsts;
  const made = first?.made ?? null;
  if (server?.address !== lost.target.address || second.length > 0) return no();
  if (made === null || made.state === 'SYN_SENT') return no();
  const isNew = packets.every(({ at }) => parseMicros(at) >= parseMicros(made.at) - slack);
  return isNew ? yes(asEvidence(made)) : no();
};
