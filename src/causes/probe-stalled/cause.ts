// The prober itself did not run; nobody's network is to blame.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  author: 'server-application',
  needs: ['client noticed late'],
  weights: {
    'client noticed late': [6, -5],
    'server gave up waiting': [2.5, -0.5],
    'was closed': [0.5, 0],
    'rule moved the port': [-3, 0],
    'entry deleted by a program': [-3, 0],
    'endpoint changed': [-3, 0],
    'listener closed': [-3, 0],
    'reset made on the node': [-3, 0],
    'reset from in between': [-3, 0],
  },
  sentence: () =>
    "The client's own process did not run for a while, so its connections looked dead to the server, which ended them. Nobody's " +
    'network is to blame.',
});
