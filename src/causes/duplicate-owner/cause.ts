// Two machines answer for one address: whoever did so last gets the packets, and its kernel knows nothing of the other's connections.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['server-kernel'],
  // That an address moved may be a replacement or a virtual address that was moved on purpose, and so may that it came back, once;
  // that it goes back and forth within seconds is neither.
  shownBy: [
    ['was reset', 'address went to another owner', 'address goes back and forth'],
    // The other owner need not serve that port.
    ['was refused', 'address went to another owner', 'address goes back and forth'],
  ],
  suggestedBy: [
    ['was reset', 'address went to another owner', 'address came back at once'],
    ['was refused', 'address went to another owner', 'address came back at once'],
  ],
  contradictedBy: [
    'idle bound parts them',
    'timed out',
    'was closed',
    'was unreachable',
    'not address went to another owner',
    // A kernel that has no socket answers with a RST.
    'ICMP answer: port unreachable',
    'ICMP answer: prohibited',
    'ICMP answer: host unreachable',
    'endpoint changed',
    'server is gone for good',
    "listener's process ended",
    'killed for memory',
    'sent to another endpoint',
    'rule moved the port',
    'entry expired',
    'entry deleted by a program',
    'RST of a live socket',
    'RST made on the node',
    'RST from outside',
    'RST to the server',
    'server aborted it itself',
    "a program took the server's socket",
  ],
  sentence(stories) {
    const refused = stories.filter(({ lost }) => lost.phase === 'connecting').length;
    const move = stories.flatMap((story) =>
      story.nodes.neighbours.filter(
        ({ change, address }) =>
          change === 'moved' && address === (story.server ?? story.lost.target).address,
      ),
    )[0];
    const who =
      move === undefined
        ? 'Two machines answer for the server’s address'
        : `Two machines answer for ${move.address}, as ${move.scope} saw (${move.macBefore ?? '?'} and ${move.mac ?? '?'})`;
    if (refused === stories.length)
      return `${who}: attempts to connect went to the one that does not listen, and its kernel refused them. The one that does heard nothing.`;
    const more =
      refused === 0 ? '' : ' Attempts to connect that went to one that does not listen were refused.';
    return (
      `${who}: packets of live connections went to the one that had not accepted them, and its kernel, which has no socket for them, ` +
      `answered with RST. The one that had accepted them was alive and heard nothing.${more}`
    );
  },
});
