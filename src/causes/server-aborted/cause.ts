// The application closed the connection with a RST: linger 0, or with data unread.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['server-application'],
  // Of several processes that share a listener one may have died: the counters are the same, and only the server itself knows.
  shownBy: [
    // Who closes what is idle, and has a question unread that just comes, sends the same.
    ['RST of a live socket', 'server says it ended it', 'not closed on a question that had just come'],
    ['server aborted it itself', 'not its process was ending', 'not closed on a question that had just come'],
  ],
  suggestedBy: [
    ['server aborted it itself'],
    ['RST of a live socket', 'sender counted aborts'],
    ['RST of a live socket'],
  ],
  contradictedBy: [
    'idle bound parts them',
    'not was reset',
    'listener closed',
    'refused afterwards',
    'RST made on the node',
    'RST from outside',
    'RST for another port',
    'rule moved the port',
    'endpoint changed',
    'client noticed late',
    "server's socket was destroyed",
    "a program took the server's socket",
    'its process was ending',
    'server had closed it before',
    "not server's kernel sent a RST",
    'not sender counted aborts',
  ],
  sentence: () =>
    "The server's application aborted live connections itself: it closed them with data unread or with linger 0, so its kernel " +
    'sent RST instead of FIN. The process lives on and goes on listening.',
});
