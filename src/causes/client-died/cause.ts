// The client's process was killed: its kernel closes every socket, with a RST where input was unread.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['client-process-died'],
  shownBy: [
    ['its process was ending', 'client aborted it itself'],
    ['its process was ending', 'client had closed it before'],
  ],
  suggestedBy: [
    ['client aborted it itself'],
    ['client had closed it before'],
    // Who ends a connection says so, and who is reset; only a process that is no more says nothing.
    ["client's process said nothing of it"],
    ['RST of a live socket', 'RST to the server'],
  ],
  contradictedBy: [
    'was refused',
    'was closed',
    'never connected',
    'client says it was reset',
    'client says it aborted it',
    "client's socket was destroyed",
    "a program took the client's socket",
    'not its process was ending',
    'server closed first',
    'client noticed late',
    'RST to the client',
    'RST made on the node',
    'RST from outside',
    "not client's kernel sent a RST",
    'client answered what was not translated',
  ],
  notSuggestedWith: ['timed out', 'endpoint changed', 'not sender counted aborts', 'server gave up waiting'],
  sentence: () =>
    "The client's process was killed while input lay unread in its sockets, or an answer was still to come: its kernel closed all of " +
    'them and sent RST. The server is the one that loses: it reads ECONNRESET.',
});
