// A packet judged INVALID is not translated: it reaches the other side with an address that its kernel has no socket for.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  author: 'client-kernel',
  needs: ['packets were INVALID', 'reset translated before the server'],
  weights: {
    'packets were INVALID': [4, -4],
    'client reset the server': [3, -1],
    'reset translated before the server': [2, 0],
    'server was reset as well': [1.5, -0.5],
    'entry deleted by a program': [-5, 0.3],
    'entry expired': [-4, 0.3],
    'picked up in mid-stream': [-3, 0.5],
    'rule moved the port': [-4, 0.3],
    'was reset': [0.5, -3],
    'endpoint changed': [-2, 0.2],
    'reset made on the node': [-3, 0],
    'refused afterwards': [-3, 0.2],
    'reset of a live socket': [-3, 0],
  },
  sentence: () =>
    'Connection tracking judged packets of live connections INVALID and so did not translate them. What arrives without ' +
    "translation belongs to no socket: the receiver's kernel answers it with RST, which ends the connection on both sides.",
});
