// The application closed the connection with a RST: linger 0, or with data unread.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  author: 'server-application',
  needs: ['reset of a live socket', 'server aborted sockets'],
  weights: {
    'reset of a live socket': [4, -3],
    'server aborted sockets': [1.5, -1],
    'listener closed': [-5, 0.5],
    'refused afterwards': [-3, 0.5],
    'reset came from the server': [1, -4],
    'failed while idle': [1, -0.3],
    'was reset': [0.5, -4],
    'rule moved the port': [-4, 0],
    'entry deleted by a program': [-3, 0],
    'entry expired': [-3, 0],
    'endpoint changed': [-3, 0],
    'reset for another port': [-3, 0.3],
    'packets were INVALID': [-1, 0],
    'reset has another TTL': [-3, 0],
    'client noticed late': [-1, 0],
  },
  sentence: () =>
    "The server's application aborted live connections itself: it closed them with data unread or with linger 0, so its kernel " +
    'sent RST instead of FIN. The process lives on and goes on listening.',
});
