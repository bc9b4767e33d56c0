// The node's table is full: new flows are dropped, entries are taken early.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['nobody', 'server-kernel'],
  shownBy: [['table overflowed', 'timed out']],
  suggestedBy: [['table full', 'timed out']],
  contradictedBy: [
    'idle bound parts them',
    'not timed out',
    'not table overflowed',
    // What was answered a moment before has an entry, which a full table leaves alone.
    'not had been idle',
    'endpoint changed',
    'refused afterwards',
  ],
  sentence: () =>
    "The node's conntrack table is full. Packets that need a new entry are dropped, so new connections are not answered; " +
    'established ones live on as long as their entries do.',
});
