// A program deleted the entry that carried a rewrite; the next packet gets another one, or none, and meets no socket.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['server-kernel', 'client-kernel'],
  shownBy: [['entry deleted by a program', 'was reset']],
  suggestedBy: [['picked up in mid-stream', 'RST for another port', 'not rule changed']],
  contradictedBy: [
    'idle bound parts them',
    'not was reset',
    'endpoint changed',
    'sent to another endpoint',
    'entry expired',
    'RST made on the node',
    'RST from outside',
  ],
  sentence(stories) {
    const deleter = stories
      .flatMap((story) => [story.first, ...story.second])
      .find((entry) => entry?.destroyed?.deletedByProgram);
    const where = deleter === undefined || deleter === null ? 'the node' : deleter.node;
    const who = deleter?.destroyed?.portid ?? null;
    return (
      `On ${where} a program${who === null ? '' : ` (netlink port id ${who})`} deleted the conntrack entries of live connections. The ` +
      `next packet made a new entry with another source port, or none at all; the server's kernel has no socket for that and answers with RST.`
    );
  },
});
