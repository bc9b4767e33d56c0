// Packets vanish and nothing at all answers.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['nobody'],
  shownBy: [['timed out', 'sent again and again', 'not RST to the client', 'not ICMP error seen']],
  suggestedBy: [['timed out']],
  contradictedBy: [
    'not timed out',
    'table overflowed',
    'endpoint changed',
    'INVALID packets dropped',
    'entry expired',
    'client noticed late',
    'ICMP: packet too long',
    'ICMP refused its neighbours',
    'not sent again and again',
  ],
  sentence: () =>
    'Packets vanished on the way and nothing answered: no RST, no ICMP. The client sent again until it gave up.',
});
