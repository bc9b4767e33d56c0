// A RST whose way or hop count does not fit the peer: something in the path made it.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  author: 'in-between',
  needs: ['reset from in between', 'reset has another TTL'],
  weights: {
    'reset from in between': [5, -3],
    'reset has another TTL': [2.5, -0.5],
    'reset came from the server': [-5, 1],
    'server sent RSTs': [-1, 0.5],
    'reset made on the node': [-3, 0.3],
    'reject rule hit': [-1.5, 0.2],
    'was reset': [0.5, -4],
    'rule moved the port': [-4, 0],
    'entry deleted by a program': [-3, 0],
    'endpoint changed': [-2, 0],
    'packets were INVALID': [-1, 0],
    'listener closed': [-3, 0],
  },
  sentence: () =>
    'The RST came from the network between the nodes: the server never sent it, and its hop count or its way does not fit the ' +
    "server's packets. A firewall, a load balancer or another middlebox made it.",
});
