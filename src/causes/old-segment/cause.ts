// The opening of a connection meets what the server still has of an old one, and what would end that does not come through.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['nobody', 'server-kernel', 'client-kernel'],
  shownBy: [
    [
      'a bare ACK answered its opening',
      'timed out',
      'TIME_WAIT refused segments',
      'not an opening met a live socket',
    ],
    // Packets alone do not tell whether the client tried on.
    [
      'a bare ACK answered its opening',
      'was reset',
      'RST to the server',
      'TIME_WAIT refused segments',
      'not an opening met a live socket',
    ],
  ],
  suggestedBy: [
    ['a bare ACK answered its opening', 'timed out'],
    // Whose the segments were that it refused, nobody saw.
    ['TIME_WAIT refused segments', 'never connected', 'timed out', 'may never have arrived'],
  ],
  contradictedBy: [
    'not a bare ACK answered its opening',
    'an opening met a live socket',
    'was closed',
    'was refused',
    'was unreachable',
    'accept queue overflowed',
    'sent to another endpoint',
    'endpoint changed',
    'listener closed',
    'RST to the client',
    'RST of a live socket',
    'RST made on the node',
    'ICMP error seen',
    'client answered what was not translated',
  ],
  sentence(stories) {
    const isSent = stories.some(({ resets, goesToClient }) => resets.some((reset) => !goesToClient(reset)));
    const what = isSent
      ? 'The RST with which the client answers that, and which ends it, did not come through'
      : 'Of that, or of the RST with which the client answers it and so ends it, something did not come through';
    return (
      'The openings came from an address and port whose former connection the server had not forgotten yet (TIME_WAIT), with an older ' +
      `timestamp. Its kernel acknowledged the former one instead. ${what}, and each repetition met the same.`
    );
  },
});
