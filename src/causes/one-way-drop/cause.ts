// Packets of one direction vanish, while those of the other arrive.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  // Who heard nothing may hang up in order: that arrives, where what it had waited for did not.
  authors: ['nobody', 'server-application'],
  // A strict conntrack drops what has no entry, and a full one what needs one, both of which may be of one direction only.
  shownBy: [
    [
      'timed out',
      'sent again and again',
      'one way alone passed',
      'not RST to the client',
      'not ICMP error seen',
      'not had been idle',
      'not never connected',
    ],
    [
      'timed out',
      'sent again and again',
      'one way alone passed',
      'not RST to the client',
      'not ICMP error seen',
      'not entry expired',
      'not table overflowed',
    ],
    [
      'timed out',
      'sent again and again',
      'one way alone passed',
      'not RST to the client',
      'not ICMP error seen',
      'never connected',
      'not table overflowed',
    ],
    [
      'was closed',
      'question unanswered',
      'sent again and again',
      'one way alone passed',
      'not ICMP error seen',
      'not had been idle',
    ],
  ],
  // What goes with a drop of both directions goes with this one, too, where nobody could see that the other one was open.
  suggestedBy: [
    [
      'timed out',
      'sent again and again',
      'not had been idle',
      'not never connected',
      'not ICMP error seen',
      'may never have arrived',
    ],
    [
      'timed out',
      'not entry expired',
      'not table overflowed',
      'not ICMP error seen',
      'may never have arrived',
    ],
    ['timed out', 'never connected', 'not table overflowed', 'may never have arrived'],
  ],
  contradictedBy: [
    'was refused',
    'neither way passed',
    'idle bound parts them',
    'client answered what was not translated',
    'others answered what was not translated',
    'table overflowed',
    'server dropped openings',
    'endpoint changed',
    "link of the server's node is down",
    'neighbour did not answer',
    'INVALID packets dropped',
    'entry expired',
    'client noticed late',
    'ICMP: packet too long',
    'only long packets vanished',
    'long packets alone were missed',
    'ICMP refused its neighbours',
    'not sent again and again',
  ],
  sentence: () =>
    'Packets of one direction vanished on the way, while those of the other arrived. One side heard, was not heard, and said all again ' +
    'until somebody gave up.',
});
