// The server's process ended while its pod stayed: its kernel closes every socket and answers later packets with RST.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  author: 'server-kernel',
  needs: ['listener closed', 'refused afterwards'],
  weights: {
    'listener closed': [5, -3],
    'refused afterwards': [2.5, -1.5],
    'server had closed': [1, 0],
    'was closed': [0.5, 0],
    'reset came from the server': [0.5, -1.5],
    'endpoint changed': [-4, 0.5],
    'reset made on the node': [-4, 0],
    'reset from in between': [-4, 0],
    'rule moved the port': [-4, 0],
    'entry deleted by a program': [-2, 0],
    'reject rule hit': [-3, 0],
    'timed out': [-3, 0],
    'server gave up waiting': [-4, 0],
    'client noticed late': [-2, 0],
  },
  sentence: () =>
    "The server's process ended while its pod stayed. Its kernel closed all connections at once (FIN, or RST where data was " +
    'unread) and refuses new ones until something listens again.',
});
