// An answer passes the node that translated the question without being translated back: the client's kernel knows no such connection.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['client-kernel'],
  shownBy: [
    [
      'client answered what was not translated',
      'not INVALID beyond those answers',
      'not entry deleted by a program',
      'not entry expired',
      'not picked up in mid-stream',
      'not had been idle',
    ],
    [
      'client answered what was not translated',
      'untranslated in its order',
      'not entry deleted by a program',
      'not entry expired',
      'not picked up in mid-stream',
      'not had been idle',
    ],
  ],
  suggestedBy: [
    // Where a deletion may not have been told of yet, that is no less likely.
    [
      'client answered what was not translated',
      'not picked up in mid-stream',
      'not entry deleted by a program',
    ],
    ['never connected', 'timed out', 'others answered what was not translated', 'may never have arrived'],
  ],
  contradictedBy: [
    'idle bound parts them',
    'was closed',
    'was refused',
    'was unreachable',
    'it was judged INVALID',
    'not untranslated in its order',
    'entry deleted by a program',
    'entry expired',
    'picked up in mid-stream',
    'rule moved the port',
    'sent to another endpoint',
    'endpoint changed',
    'RST made on the node',
  ],
  sentence(stories) {
    const server = stories.flatMap((story) => story.server ?? [])[0];
    const inWhoseName =
      server === undefined ? "the pod's own address" : `${server.address}, the pod's own address,`;
    const silent = stories.filter(({ lost }) => lost.failure === 'timeout').length;
    const then =
      silent === stories.length
        ? ' The client heard nothing that it could understand, and gave up.'
        : ' The RST ends the connection at the server, and what the client sends then is reset in turn.';
    return (
      `Answers came to the client from ${inWhoseName} and not from what it had dialled: they passed by the node's translation. The ` +
      `client's kernel has no such connection and answered with RST.${then}`
    );
  },
});
