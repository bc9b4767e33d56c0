// The listener's queue was full: the server's kernel dropped the opening, or let it in and took that back.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['server-kernel'],
  shownBy: [
    ['accept queue overflowed', 'never connected', 'timed out', 'not never arrived'],
    // With tcp_abort_on_overflow: the RST answers the very packet that makes the connection, or the first with data.
    ['accept queue overflowed', 'was reset', "server's kernel had no socket"],
    ['accept queue overflowed', 'was reset', 'RST without a socket', "RST left the server's pod"],
  ],
  suggestedBy: [
    ['accept queue overflowed', 'never connected', 'timed out'],
    ['accept queue overflowed', 'timed out', 'sent again and again', 'not never arrived'],
    ['accept queue overflowed', 'was reset', 'RST without a socket'],
  ],
  contradictedBy: [
    'not accept queue overflowed',
    'was closed',
    'was refused',
    'was unreachable',
    'sent to another endpoint',
    'endpoint changed',
    'listener closed',
    'table overflowed',
    'RST made on the node',
    'RST from outside',
    'RST of a live socket',
    'ICMP error seen',
  ],
  sentence: () =>
    "The server's program did not accept as fast as clients came, and its listener's queue was full. Its kernel drops openings " +
    'then without a word; established connections do not suffer.',
});
