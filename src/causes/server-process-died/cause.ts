// The server's process ended while its pod stayed: its kernel closes every socket and answers later packets with RST.
import { defineCause } from '../define-cause.ts';
import { endsOfServer } from '../../diagnose/why/ends-of-server.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['server-process-died', 'server-kernel'],
  // A program may close its listener and go on: that its process ended has to be seen.
  shownBy: [
    ["listener's process ended", 'was closed', 'not killed for memory'],
    ["listener's process ended", 'server closed first', 'not killed for memory'],
    ["listener's process ended", 'RST of a live socket', 'not killed for memory'],
    ["listener's process ended", 'was refused', "server's kernel had no socket", 'not killed for memory'],
    // Its kernel tells of the exit, whoever listens.
    ['its process was ending', 'server aborted it itself', 'not killed for memory'],
    ['its process was ending', 'server had closed it before', 'not killed for memory'],
    ['its process was ending', 'server closed it itself', 'was closed', 'not killed for memory'],
  ],
  suggestedBy: endsOfServer,
  contradictedBy: [
    'idle bound parts them',
    // Then it has a name of its own.
    'killed for memory',
    'timed out',
    "listener's process lived on",
    'not its process was ending',
    'server says it ended it',
    'endpoint changed',
    'RST made on the node',
    'RST from outside',
    'rule moved the port',
    'reject rule hit',
    'server gave up waiting',
  ],
  sentence: () =>
    "The server's process ended while its pod stayed. Its kernel closed all connections at once (FIN, or RST where data was " +
    'unread) and refuses new ones until something listens again.',
});
