// The server's process ended while its pod stayed: its kernel closes every socket and answers later packets with RST.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['server-process-died', 'server-kernel'],
  // A program may close its listener and go on: that its process ended has to be seen.
  shownBy: [
    ["listener's process ended", 'was closed'],
    ["listener's process ended", 'server closed first'],
    ["listener's process ended", 'RST of a live socket'],
    ["listener's process ended", 'was refused', "server's kernel had no socket"],
    // Its kernel tells of the exit, whoever listens.
    ['its process was ending', 'server aborted it itself'],
    ['its process was ending', 'server had closed it before'],
    ['its process was ending', 'server closed it itself', 'was closed'],
  ],
  suggestedBy: [
    ['server aborted it itself'],
    ['listener closed', 'was closed'],
    ['listener closed', 'server closed first'],
    ['listener closed', 'RST of a live socket'],
    // The kernel ends what the process had with a FIN; one that has no socket never had any.
    ['listener closed', 'was reset', 'not RST without a socket'],
    ['listener closed', 'was refused'],
    ['refused afterwards', 'was closed'],
    ['refused afterwards', 'server closed first'],
    ['refused afterwards', 'RST of a live socket'],
  ],
  contradictedBy: [
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
