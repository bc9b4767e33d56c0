// The pod behind the address is gone, or it is another one now.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  author: 'server-kernel',
  needs: ['endpoint changed'],
  weights: {
    'endpoint changed': [8, -5],
    'reset of a missing socket': [0.5, -0.5],
    'refused afterwards': [0.5, 0],
    'silent afterwards': [0.5, 0],
    'rule moved the port': [-4, 0.2],
    'entry deleted by a program': [0, 0],
    'reset made on the node': [-2, 0],
    'reset from in between': [-2, 0],
    'reset of a live socket': [-2, 0],
    'client noticed late': [-1, 0],
  },
  sentence(stories) {
    const change = stories.flatMap((story) => story.endpointChanges)[0];
    const where = change === undefined ? '' : ` on ${change.node}`;
    return (
      `The pod behind the server's address went away or was replaced${where} while connections to it lived. A new pod's kernel has ` +
      `no socket for them and answers with RST; with no pod there, nobody answers.`
    );
  },
});
