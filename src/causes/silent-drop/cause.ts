// Packets vanish and nothing at all answers.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['nobody'],
  // A strict conntrack drops what has no entry, and a full one what needs one: silence alone does not tell these apart. An entry
  // lives for whole seconds, and a full table spares what has one.
  shownBy: [
    [
      'timed out',
      'sent again and again',
      'neither way passed',
      'not RST to the client',
      'not ICMP error seen',
      'not had been idle',
      'not never connected',
    ],
    [
      'timed out',
      'sent again and again',
      'neither way passed',
      'not RST to the client',
      'not ICMP error seen',
      'not entry expired',
      'not table overflowed',
      // What forgets idle connections drops, too.
      'not idle bound parts them',
    ],
    [
      'timed out',
      'sent again and again',
      'neither way passed',
      'not RST to the client',
      'not ICMP error seen',
      'never connected',
      'not table overflowed',
    ],
  ],
  suggestedBy: [
    // An attempt to connect that is answered with an ICMP error fails at once; one that is established goes on in vain.
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
    'not timed out',
    'one way alone passed',
    'idle bound parts them',
    'table overflowed',
    'server dropped openings',
    'endpoint changed',
    "link of the server's node is down",
    'neighbour did not answer',
    'INVALID packets dropped',
    'client answered what was not translated',
    'others answered what was not translated',
    'entry expired',
    'client noticed late',
    'ICMP: packet too long',
    'only long packets vanished',
    'long packets alone were missed',
    'ICMP refused its neighbours',
    'not sent again and again',
  ],
  sentence: () =>
    'Packets vanished on the way and nothing answered: no RST, no ICMP. The client sent again until it gave up.',
});
