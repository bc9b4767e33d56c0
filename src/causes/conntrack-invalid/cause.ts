// A packet judged INVALID is not translated: it reaches the other side with an address that its kernel has no socket for.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['client-kernel', 'server-kernel'],
  shownBy: [
    // An entry that is gone leaves packets untranslated as well: that it was there has to be seen.
    [
      'INVALID beyond those answers',
      'client answered what was not translated',
      'not entry deleted by a program',
    ],
    ['packets were INVALID', 'RST translated too early', 'not entry deleted by a program'],
  ],
  suggestedBy: [
    ['client answered what was not translated', 'not picked up in mid-stream'],
    ['RST translated too early', 'not picked up in mid-stream'],
    [
      'packets were INVALID',
      'RST without a socket',
      'not rule changed',
      'not entry deleted by a program',
      'not entry expired',
    ],
  ],
  contradictedBy: [
    'idle bound parts them',
    'not was reset',
    // The RST that answers what was not translated is INVALID itself.
    'not INVALID beyond those answers',
    'passed by though in its order',
    'entry deleted by a program',
    'entry expired',
    'picked up in mid-stream',
    'rule moved the port',
    'endpoint changed',
    'RST made on the node',
    'listener closed',
  ],
  sentence: () =>
    'Connection tracking judged packets of live connections INVALID and so did not translate them. What arrives without ' +
    "translation belongs to no socket: the receiver's kernel answers it with RST, which ends the connection on both sides.",
});
