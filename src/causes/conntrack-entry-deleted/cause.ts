// A program deleted the entry that carried a rewrite; the next packet gets another one, or none, and meets no socket.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  author: 'server-kernel',
  needs: ['entry deleted by a program'],
  weights: {
    'entry deleted by a program': [7, -6],
    'picked up in mid-stream': [1.5, -1],
    'reset for another port': [1, -1],
    'rule moved the port': [-3, 0.3],
    'reset of a missing socket': [0.5, -2],
    'was reset': [0.5, -4],
    'endpoint changed': [-3, 0.3],
    'reset made on the node': [-4, 0],
    'reset from in between': [-4, 0],
    'refused afterwards': [-3, 0],
    'packets were INVALID': [-0.5, 0],
  },
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
