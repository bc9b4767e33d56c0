// Whom the form of the first RST excludes, and where it was first seen.
import type { Author } from '../../model/author.ts';
import { allBut, clientEnds, serverEnds, programs, kernels, rules, type Exclusion } from './exclusion-row.ts';

const beforeServer: readonly Author[] = [
  ...clientEnds,
  'client-pod-rule',
  'node-rule',
  'node-kernel',
  'in-between',
];
const beforeClient: readonly Author[] = [
  ...serverEnds,
  'server-pod-rule',
  'node-rule',
  'node-kernel',
  'in-between',
];
const otherTtl =
  "the RST has another TTL than the sender's other packets at the same place (one host may send several)";
const nearerThanItsNode =
  "by its TTL the RST has come less far than from the sender's node, or from a machine that counts otherwise (if all nodes count alike)";
// Every row of the way of a RST has its reason twice: what cannot be otherwise where the pod is known to be there, and what is usual
// where only a fresh TTL says so.
const likeANeighbour = '(told by its hops alone: another machine of the same network looks like that)';

export const byReset: readonly Exclusion[] = [
  // The form of the RST.
  {
    when: ['RST of a live socket'],
    excludes: [...kernels, ...rules],
    because:
      'the RST has the window or the timestamps of a live socket, which an answer without a socket has not',
    basis: 'physics',
  },
  {
    // Who gives up while connecting leaves no socket for the answer that comes too late.
    when: [
      'RST without a socket',
      'not server closed first',
      'not client closed first',
      'not never connected',
      'not timed out',
      'not sender answered for a closed socket',
    ],
    excludes: [...programs, 'privileged-program'],
    because:
      'the RST has no ACK, no window and no timestamps, which a socket that is aborted sends, and no closed socket answered',
    basis: 'physics',
  },
  {
    // A FIN that waits behind unacknowledged data was never on the wire; then that data is sent again.
    when: [
      'RST without a socket',
      'not server closed first',
      'not client closed first',
      'not never connected',
      'not sent again and again',
    ],
    excludes: [...programs, 'privileged-program'],
    because:
      'the RST has no ACK, no window and no timestamps: a socket that is aborted sends them (one that was closed before its data was all acknowledged answers like that)',
    basis: 'convention',
  },
  // The way of the RST.
  {
    when: ["RST left the server's pod", "server's pod is known"],
    excludes: beforeServer,
    because: "the RST came out of the server's own interface",
    basis: 'physics',
  },
  {
    when: ["RST left the server's pod"],
    excludes: beforeServer,
    because: `the RST came in where the server's other packets do ${likeANeighbour}`,
    basis: 'convention',
  },
  {
    when: ["RST left the client's pod", "client's pod is known"],
    excludes: beforeClient,
    because: "the RST came out of the client's own interface",
    basis: 'physics',
  },
  {
    when: ["RST left the client's pod"],
    excludes: beforeClient,
    because: `the RST came in where the client's other packets do ${likeANeighbour}`,
    basis: 'convention',
  },
  {
    // A socket's own RST goes where it is connected to.
    when: ["RST left the client's pod", 'client answered what was not translated'],
    excludes: ['client-application', 'client-process-died', 'privileged-program', 'gave-up', 'nobody'],
    because: "the RST went to the server's own address, and the client's socket is connected to another one",
    basis: 'physics',
  },
  {
    when: ["RST left the client's pod", 'client answered what was not translated'],
    excludes: ['client-pod-rule'],
    because:
      "the RST went to the server's own address, of which the client's kernel has no socket (a rule in its pod may have been quicker)",
    basis: 'convention',
  },
  {
    when: ['RST made on the node'],
    excludes: [
      ...clientEnds,
      ...serverEnds,
      'client-pod-rule',
      'server-pod-rule',
      'in-between',
      'privileged-program',
      'gave-up',
    ],
    because: "the node sent the RST and never received it, though the sender's other packets come in",
    basis: 'physics',
  },
  {
    when: ['sender is the node itself'],
    excludes: ['in-between', 'node-kernel', 'client-pod-rule', 'server-pod-rule'],
    because:
      "the RST went out of the node that the sender's other packets are born on, and never came in: its kernel is that of the node",
    basis: 'physics',
  },
  {
    when: ['RST from outside'],
    excludes: [...clientEnds, ...serverEnds, ...rules, 'node-kernel', 'privileged-program', 'gave-up'],
    because:
      'the RST came into the node from outside, and the pod in whose name it came, which was watched, had not sent it',
    basis: 'physics',
  },
  {
    when: ['RST has another TTL', 'RST to the client'],
    excludes: [...serverEnds, 'privileged-program', 'server-pod-rule'],
    because: otherTtl,
    basis: 'convention',
  },
  {
    when: ['RST has another TTL', 'RST to the server'],
    excludes: [...clientEnds, 'privileged-program', 'client-pod-rule'],
    because: otherTtl,
    basis: 'convention',
  },
  {
    // Where the client's own node is watched, its packets go from there to the server's node, and no third node forwards them.
    when: ['RST made on the way, by its hops', 'RST to the client', "client's pod is known"],
    excludes: ['node-rule', 'node-kernel', 'gave-up'],
    because: nearerThanItsNode,
    basis: 'convention',
  },
  {
    when: ['RST made on the way, by its hops', 'RST to the server', "server's pod is known"],
    excludes: ['node-rule', 'node-kernel', 'gave-up'],
    because: nearerThanItsNode,
    basis: 'convention',
  },
  {
    when: ['RST is fresh like the others'],
    excludes: ['in-between', 'node-kernel', 'node-rule'],
    because:
      "neither the RST nor the sender's other packets have passed a router, and their TTL is the same (a box beside it may copy that)",
    basis: 'convention',
  },
  {
    when: ['RST of a live socket', 'not RST has another TTL'],
    excludes: ['in-between'],
    because:
      "the RST has a live socket's form and the TTL of the sender's other packets (a box may copy both)",
    basis: 'convention',
  },
  {
    when: ['RST answers another opening'],
    excludes: [...serverEnds, ...rules, 'node-kernel', 'in-between'],
    because:
      'the RST has the number that the server told an opening of another connection from the same port, whose kernel has to answer so (a rule or a box may do the same)',
    basis: 'convention',
  },
  // The server's own word of what it did.
  {
    when: ['RST of a live socket', 'RST to the client', 'server says it ended it'],
    excludes: ['server-process-died'],
    because: "the server's own events say that it ended the connection, which it lived to write",
    basis: 'physics',
  },
  {
    when: ['RST of a live socket', 'RST to the client', "server's socket was destroyed"],
    excludes: [...programs, 'gave-up'],
    because:
      "the server's program was told that its connection was aborted, which only a program with the right to destroy sockets brings about",
    basis: 'physics',
  },
  {
    when: ["server's socket was destroyed", 'was reset'],
    excludes: allBut('privileged-program'),
    because:
      "the server's program was told that its connection was aborted under it, as only a program with that right does (the client may have been reset by somebody else just before)",
    basis: 'convention',
  },
  // The client's.
  {
    when: ["client's socket was destroyed"],
    excludes: allBut('privileged-program'),
    because:
      "the client's program was told that its connection was aborted under it, which only a program with the right to destroy sockets brings about",
    basis: 'physics',
  },
  {
    when: ['client says it aborted it'],
    excludes: allBut('client-application'),
    because: "the client's program says that it ended the connection itself",
    basis: 'physics',
  },
  {
    when: ["client's process said nothing of it"],
    excludes: ['client-application', 'privileged-program'],
    because:
      "the client's program writes down what ends its connections, and wrote nothing of this one (its last lines may be lost)",
    basis: 'convention',
  },
];
