// The kernel killed the server's process because memory ran out: to the network an end of a process like any other.
import { defineCause } from '../define-cause.ts';
import { endsOfServer } from '../../diagnose/why/ends-of-server.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['server-process-died', 'server-kernel'],
  // Whatever shows that its process ended, and that the kernel killed it for that.
  shownBy: [
    ['killed for memory', 'server aborted it itself'],
    ['killed for memory', 'server had closed it before'],
    ['killed for memory', 'server closed it itself', 'was closed'],
    ['killed for memory', "listener's process ended", 'was closed'],
    ['killed for memory', "listener's process ended", 'server closed first'],
    ['killed for memory', "listener's process ended", 'RST of a live socket'],
    ['killed for memory', "listener's process ended", 'was refused', "server's kernel had no socket"],
  ],
  suggestedBy: [...endsOfServer, ['killed for memory', 'refused afterwards', 'not RST without a socket']],
  contradictedBy: [
    'idle bound parts them',
    'not killed for memory',
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
    "The server's memory reached a limit, and the kernel killed its process (SIGKILL). Its connections were closed at once (FIN, or " +
    'RST where data was unread), and new ones are refused until something listens again.',
});
