// A rule on the node rejects packets of an established connection with a RST of its own making.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  author: 'node-rule',
  needs: ['reset made on the node', 'reject rule hit'],
  weights: {
    'reset made on the node': [5.5, -3],
    'client reset the server': [-3, 0],
    'reject rule hit': [3.5, -2],
    'refused afterwards': [1, -0.5],
    'reset came from the server': [-4, 1],
    'reset from in between': [-3, 0.3],
    'server sent RSTs': [-1, 0.5],
    'was reset': [0.5, -2],
    'entry deleted by a program': [-2, 0],
    'rule moved the port': [-3, 0],
    'endpoint changed': [-2, 0.2],
    'packets were INVALID': [-1, 0],
    'listener closed': [-3, 0.2],
    'server had closed': [-3, 0.3],
  },
  sentence: () =>
    'A rule on the node rejects the packets of established connections: the node itself makes the RST, in the name of the ' +
    'server, which never hears of it.',
});
