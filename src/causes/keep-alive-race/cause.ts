// The server closed a connection that was idle to it, and a question was on its way.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['server-application'],
  // One that stops closes what is idle, too: that a timer is behind it, and that the server goes on, has to be seen.
  shownBy: [
    ['asked as it closed', 'closed after the same silence', 'not listener closed'],
    ['asked as it closed', 'closed after the same silence', 'server says it ended it'],
  ],
  suggestedBy: [
    ['asked as it closed', 'server says it ended it'],
    ['asked as it closed', 'not listener closed'],
    ['asked as it closed', 'not its process was ending'],
    ['closed on a question that had just come', 'not listener closed'],
    ['closed on a question that had just come', 'not its process was ending'],
    // An end of the process looks the same where nobody saw its listener, and stands beside it.
    ['asked as it closed', 'RST of a live socket', 'RST to the client'],
    ['closed on a question that had just come', 'RST of a live socket', 'RST to the client'],
    // A goodbye, and then a RST: it was asked something in between, or had left something unread.
    ['server closed first', 'RST of a live socket', 'RST to the client'],
  ],
  contradictedBy: [
    'not asked as it closed',
    // Nothing was asked then, and nothing lost.
    'failed while idle',
    'one way alone passed',
    'timed out',
    'was refused',
    'never connected',
    'listener closed',
    'refused afterwards',
    'its process was ending',
    'endpoint changed',
    'client noticed late',
    'rule moved the port',
    'RST made on the node',
    'RST from outside',
  ],
  sentence: () =>
    'The server closed connections because nothing was asked on them, while a question was on its way: its FIN acknowledges nothing of ' +
    'that question, which met a closed socket. Its process lives on, and new connections work.',
});
