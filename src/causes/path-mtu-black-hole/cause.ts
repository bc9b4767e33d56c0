// Packets that are longer than some link on the way takes vanish, and nobody tells their sender.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['nobody', 'in-between', 'node-kernel'],
  shownBy: [['timed out', 'sent again and again', 'only long packets vanished', 'not RST to the client']],
  suggestedBy: [
    ['timed out', 'sent again and again', 'long packets alone were missed', 'not RST to the client'],
    // Where nothing shorter was sent, length may have decided as well as anything else.
    [
      'timed out',
      'length may decide',
      'not had been idle',
      'not never connected',
      'not ICMP error seen',
      'may never have arrived',
    ],
    [
      'timed out',
      'length may decide',
      'not entry expired',
      'not table overflowed',
      'not ICMP error seen',
      'may never have arrived',
    ],
  ],
  contradictedBy: [
    'not timed out',
    'not only long packets vanished',
    'never connected',
    'idle bound parts them',
    'client answered what was not translated',
    'others answered what was not translated',
    'one way alone passed',
    'neither way passed',
    'server is gone for good',
    "link of the server's node is down",
    'neighbour did not answer',
    'ICMP answer: host unreachable',
    'ICMP answer: port unreachable',
    'ICMP answer: prohibited',
    'client noticed late',
    'not sent again and again',
  ],
  sentence: () =>
    'Long packets vanished and shorter ones arrived: some link on the way takes less than the ends believe, and the ICMP error that ' +
    'would tell the sender does not reach it. The same packets were sent again, at full length, until somebody gave up.',
});
