// The node's table is full: new flows are dropped, entries are taken early.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  author: 'nobody',
  needs: ['table overflowed', 'table full'],
  weights: {
    'table overflowed': [5, -4],
    'table full': [3, -2],
    'never connected': [1.5, -1],
    'timed out': [1, -1],
    'was reset': [-1.5, 0],
    'endpoint changed': [-2, 0.2],
    'refused afterwards': [-3, 0],
    'entry deleted by a program': [-2, 0],
    'server had closed': [-3, 0],
  },
  sentence: () =>
    "The node's conntrack table is full. Packets that need a new entry are dropped, so new connections are not answered; " +
    'established ones live on as long as their entries do.',
});
