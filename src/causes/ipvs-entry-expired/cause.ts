// IPVS forgot a connection that was silent for longer than its timeout, and the node's own kernel answered what came then.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['node-kernel'],
  shownBy: [
    ['IPVS entry ran out', 'RST made on the node', 'node counted RSTs of its own'],
    ['IPVS entry ran out', "node's kernel had no socket"],
  ],
  suggestedBy: [
    ['IPVS entry ran out', 'was reset'],
    ['was reset', 'idle bound parts them'],
    // Where nobody read IPVS's table: a kernel that has the Service's address for its own, and no socket.
    [
      'RST made on the node',
      "RST in the name of the node's own address",
      'node counted RSTs of its own',
      'had been idle',
    ],
    ["node's kernel had no socket", "RST in the name of the node's own address", 'had been idle'],
  ],
  contradictedBy: [
    'not IPVS entry ran out',
    'not had been idle',
    "not RST in the name of the node's own address",
    'not node counted RSTs of its own',
    "not node's kernel sent a RST",
    'was closed',
    'was refused',
    'timed out',
    'never connected',
    'RST to the server',
    'RST of a live socket',
    'RST from outside',
    "RST left the server's pod",
    "RST left the client's pod",
    'sender is the node itself',
    // Then it was not delivered to the node.
    'sent to another endpoint',
  ],
  sentence: () =>
    'The connections were silent for longer than IPVS keeps them. The node has the Service’s address for its own, so what came next was ' +
    'delivered to the node itself, whose kernel has no such connection and answered with RST. The server’s pod heard nothing.',
});
