// A rule on the node rejects packets of an established connection with a RST of its own making.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['node-rule', 'server-pod-rule', 'client-pod-rule'],
  shownBy: [
    ['RST made on the node', 'reject rule hit'],
    // What goes out, came from nowhere and is not the node's own kernel's can only be a rule's.
    ['RST made on the node', 'not node counted RSTs of its own'],
    // A RST that came, and that no kernel has sent, while a rule that rejects was hit.
    [
      'reject rule hit',
      "client's socket was reset",
      "not server's kernel sent a RST",
      "not node's kernel sent a RST",
    ],
    // The same where the server is a socket of the node itself, whose kernel would have counted its own.
    ['sender is the node itself', 'not sender counted its RSTs'],
    // Of TCP no kernel says this by itself.
    ['ICMP answer: port unreachable', 'ICMP made on the node'],
    ['ICMP answer: port unreachable', "ICMP left the server's pod"],
    ['ICMP answer: prohibited', 'ICMP made on the node', 'reject rule hit'],
  ],
  suggestedBy: [
    ['RST made on the node', 'not packets were INVALID'],
    ['ICMP answer: port unreachable'],
    ['timed out', 'sent again and again', 'ICMP refused its neighbours'],
    ['ICMP answer: prohibited', 'ICMP made on the node'],
    ['reject rule hit', 'refused afterwards', "not RST left the server's pod"],
  ],
  contradictedBy: [
    // A Service's own rule is no policy.
    'not reject rule hit',
    'was closed',
    'entry deleted by a program',
    'rule moved the port',
    'endpoint changed',
  ],
  // Who scales a Service down ends its server, too: that speaks against no rule that was seen to answer.
  // What IPVS has forgotten the node answers without any rule.
  notSuggestedWith: ['listener closed', 'IPVS entry ran out'],
  sentence(stories) {
    const byIcmp = stories.some(
      ({ errors, resets, goesToClient }) => errors.own.length > 0 && !resets.some(goesToClient),
    );
    const answer = byIcmp ? 'answers with an ICMP error' : 'makes the RST, in the name of the server';
    const then = byIcmp
      ? '; an established connection hears nothing by that, and ends when somebody gives up'
      : '';
    return (
      `A rule on the node rejects the packets of established connections: the node itself ${answer}` +
      `${byIcmp ? ', and the server' : ', which'} never hears of it${then}.`
    );
  },
});
