// A RST whose way or hop count does not fit the peer: something in the path made it.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['in-between'],
  // What forgets idle connections sends the same, and only after long silences.
  shownBy: [
    ['RST from outside', 'not had been idle'],
    ['RST from outside', 'not idle bound parts them'],
  ],
  // A RST with other hops to go is not the peer's, which may be a rule's on the peer's node, with one router less on its way.
  suggestedBy: [
    ['RST from outside'],
    ['RST made on the way, by its hops', 'RST to the client', "client's pod is known"],
    ['RST made on the way, by its hops', 'RST to the server', "server's pod is known"],
  ],
  contradictedBy: [
    'not was reset',
    'idle bound parts them',
    "RST left the server's pod",
    'RST made on the node',
    'rule moved the port',
    'entry deleted by a program',
    'endpoint changed',
    'listener closed',
  ],
  sentence: () =>
    'The RST came from the network between the nodes: the server never sent it, and its hop count or its way does not fit the ' +
    "server's packets. A firewall, a load balancer or another middlebox made it.",
});
