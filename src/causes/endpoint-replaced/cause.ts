// The pod behind the address is gone, or it is another one now.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: [
    'server-kernel',
    'nobody',
    'node-kernel',
    'in-between',
    'server-process-died',
    'server-application',
  ],
  shownBy: [['endpoint changed']],
  suggestedBy: [],
  contradictedBy: [
    'idle bound parts them',
    'not endpoint changed',
    // Replaced is who has a successor.
    'server is gone for good',
    "link of the server's node is down",
    'RST of a live socket',
    // Who was replaced does not come back.
    'address goes back and forth',
    'rule moved the port',
    'RST made on the node',
    'RST from outside',
  ],
  sentence(stories) {
    const change = stories.flatMap((story) => story.endpointChanges)[0];
    const where = change === undefined ? '' : ` on ${change.node}`;
    return (
      `The pod behind the server's address went away or was replaced${where} while connections to it lived. A new pod's kernel has ` +
      `no socket for them and answers with RST; with no pod there, nobody answers.`
    );
  },
});
