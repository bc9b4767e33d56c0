// The connection was silent for longer than its entry lives.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['server-kernel', 'client-kernel', 'nobody'],
  shownBy: [['entry expired']],
  suggestedBy: [
    ['picked up in mid-stream', 'not entry deleted by a program', 'not rule changed'],
    // A node's own entries have a bound as any box's have.
    ['was reset', 'idle bound parts them', 'entry may have run out'],
  ],
  contradictedBy: [
    'was closed',
    'never connected',
    // An entry lives for a whole second at least, and each packet either way renews it.
    'not had been idle',
    'entry deleted by a program',
    // Another flow stands in the way of a new entry, or of the server's socket.
    'its translation was taken',
    'an insertion failed each time',
    'rule moved the port',
    'endpoint changed',
    'RST made on the node',
    'RST from outside',
    'listener closed',
  ],
  sentence: () =>
    'The connections were silent for longer than their conntrack entries live. The first packet afterwards was not translated as ' +
    "before: it reached the server from a port that it has no socket for (RST by the server's kernel), or nobody at all.",
});
