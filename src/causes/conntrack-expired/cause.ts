// The connection was silent for longer than its entry lives.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  author: 'server-kernel',
  needs: ['entry expired', 'picked up in mid-stream'],
  weights: {
    'entry expired': [6, -4],
    'picked up in mid-stream': [2.5, -1],
    'entry deleted by a program': [-6, 0.3],
    'rule moved the port': [-4, 0.3],
    'reset for another port': [0.5, -0.5],
    'reset of a missing socket': [0.5, -1],
    'endpoint changed': [-3, 0.2],
    'INVALID packets were dropped': [1, 0],
    'reset made on the node': [-3, 0],
    'reset from in between': [-3, 0],
    'refused afterwards': [-3, 0.2],
    'reset of a live socket': [-3, 0],
    'was closed': [-4, 0],
  },
  sentence: () =>
    'The connections were silent for longer than their conntrack entries live. The first packet afterwards was not translated as ' +
    "before: it reached the server from a port that it has no socket for (RST by the server's kernel), or nobody at all.",
});
