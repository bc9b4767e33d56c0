// The client's application closed the connection with a RST: linger 0, or with input unread; or closed it before its answer came.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['client-application'],
  shownBy: [
    ['client says it aborted it'],
    ['client aborted it itself', 'not its process was ending'],
    // It closed in order while a question was open, and its kernel answered what came too late.
    ['client had closed it before', 'not its process was ending'],
  ],
  suggestedBy: [
    ['client aborted it itself'],
    ['client had closed it before'],
    ['RST of a live socket', 'RST to the server'],
  ],
  contradictedBy: [
    'was refused',
    'was closed',
    'never connected',
    'client says it was reset',
    "client's socket was destroyed",
    "a program took the client's socket",
    'its process was ending',
    'server closed first',
    'client noticed late',
    'RST to the client',
    'RST made on the node',
    'RST from outside',
    "not client's kernel sent a RST",
    'client answered what was not translated',
  ],
  notSuggestedWith: [
    'timed out',
    'endpoint changed',
    "client's process said nothing of it",
    'not sender counted aborts',
    'server gave up waiting',
  ],
  sentence: () =>
    "The client's application ended live connections itself: it closed them with linger 0, with input unread, or before their answer " +
    'came, so its kernel sent RST. The server is the one that loses: it reads ECONNRESET.',
});
