// Two connections want one address and port after the translation of their source.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['nobody', 'server-kernel'],
  shownBy: [
    ['its translation was taken', 'was reset'],
    ['its translation was taken', 'timed out'],
    ['an insertion failed each time', 'timed out'],
  ],
  suggestedBy: [
    ['an insertion failed', 'timed out', 'never connected', 'may never have arrived'],
    ['an insertion failed', 'timed out', 'entry expired'],
  ],
  contradictedBy: [
    'was closed',
    'was refused',
    'was unreachable',
    'entry deleted by a program',
    'table overflowed',
    'accept queue overflowed',
    'sent to another endpoint',
    'endpoint changed',
    'listener closed',
    'rule moved the port',
    'RST made on the node',
    'RST from outside',
    'RST of a live socket',
    'ICMP error seen',
  ],
  // It was sent several times, and not each time an entry failed to be made: those were others'.
  notSuggestedWith: ['not an insertion failed each time'],
  sentence(stories) {
    const connecting = stories.filter(({ lost }) => lost.phase === 'connecting').length;
    const how =
      connecting === stories.length
        ? 'All ports that the node may use for that were taken, so their openings were dropped before they left it.'
        : connecting === 0
          ? 'Conntrack had forgotten them while they were silent, and another connection had got their port: the server’s socket of the ' +
            'old one was reset, and what the old one sent found no way.'
          : 'Openings found no port and were dropped; connections that were silent lost theirs to others.';
    return `The node that hides the clients behind its own address had no port of its own for each of them. ${how}`;
  },
});
