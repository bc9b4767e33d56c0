// Whether the Service that was dialled had no endpoint: kube-proxy has a rule for that, which answers with an ICMP error.
import { counterLine, endpointRules, noEndpoints, rejectRuleHit } from './counters.ts';
import { endpointElements } from './refused-elements.ts';
import { asEvidence, no, unknown, yes, type Look } from './fact.ts';

/**
 * kube-proxy's rule for a Service without endpoints counted, for the address and port that was dialled. What is established does not
 * come by it. Not so where another rule that rejects counted in its stead. In mode nftables its map names them, and nothing counts.
 */
export const endpointsRuleHit: Look = (story) => {
  if (story.lost.phase === null) return unknown(null);
  if (story.lost.phase !== 'connecting') return no();
  if (!story.available.has('rule-counters')) return unknown('rule-counters');
  const own = endpointRules(story);
  if (own.length > 0) return yes(...own.slice(0, 2).map((event) => counterLine(event, noEndpoints)));
  if (rejectRuleHit(story).seen === 'yes') return no();
  const elements = endpointElements(story);
  if (elements.length > 0) return yes(...elements.slice(0, 2).map(asEvidence));
  return unknown(story.unseenRules.of.has('reject') ? 'rules-without-counter' : 'rules-between-readings');
};
