// Who cannot have ended a connection, by what was seen of it: the table that the answer to "who" is read from. Nothing is added up,
// and nobody who is excluded comes back. `physics` cannot be otherwise on Linux; `convention` is usual, and says how it can be broken.
import type { Author } from '../../model/author.ts';
import type { FactName } from '../facts/index.ts';

/** A fact that must have been seen; with `not `, one that a witness which would have seen it did not see. */
export type Condition = FactName | `not ${FactName}`;

export interface Exclusion {
  readonly when: readonly [Condition, ...Condition[]];
  readonly excludes: readonly Author[];
  /** As the end of "it was not …: ". */
  readonly because: string;
  readonly basis: 'physics' | 'convention';
}

const clientEnds: readonly Author[] = ['client-application', 'client-process-died', 'client-kernel'];
const serverEnds: readonly Author[] = ['server-application', 'server-process-died', 'server-kernel'];
const programs: readonly Author[] = [
  'client-application',
  'client-process-died',
  'server-application',
  'server-process-died',
];
const kernels: readonly Author[] = ['client-kernel', 'server-kernel', 'node-kernel'];
const rules: readonly Author[] = ['client-pod-rule', 'node-rule', 'server-pod-rule'];
const quiet: readonly Author[] = ['nobody', 'gave-up'];

export const exclusions: readonly Exclusion[] = [
  // What kind of end it was.
  {
    when: ['was reset'],
    excludes: ['nobody'],
    because: 'a RST ended it',
    basis: 'physics',
  },
  {
    when: ['was refused'],
    excludes: [...quiet, ...clientEnds, 'privileged-program'],
    because: 'the attempt to connect was answered with a RST',
    basis: 'physics',
  },
  {
    when: ['was closed'],
    excludes: [...clientEnds, ...kernels, ...rules, ...quiet, 'in-between', 'privileged-program'],
    because: "the server's side closed it with a FIN, which only the owner of a socket sends",
    basis: 'physics',
  },
  {
    when: ['timed out'],
    excludes: [
      ...clientEnds,
      ...serverEnds,
      ...rules,
      'node-kernel',
      'in-between',
      'privileged-program',
      'gave-up',
    ],
    because: 'nothing was answered, neither with data nor with a RST',
    basis: 'physics',
  },
  {
    when: ['was reset', 'not loser silent for long'],
    excludes: ['gave-up'],
    because: 'both ends had been heard within the second before, which is sooner than a kernel gives up',
    basis: 'physics',
  },
  {
    when: ['was reset', 'not sender gave up'],
    excludes: ['gave-up'],
    because: "the sender's kernel counted no connection that it gave up",
    basis: 'physics',
  },
  // In whose name the RST was sent.
  {
    when: ['RST to the client'],
    excludes: [...clientEnds, 'client-pod-rule'],
    because: 'the first RST was on its way to the client',
    basis: 'physics',
  },
  {
    when: ['client says it was reset'],
    excludes: ['client-application', 'client-process-died'],
    because: "the client's program reports that it was reset",
    basis: 'physics',
  },
  {
    when: ['RST to the server'],
    excludes: [...serverEnds, 'server-pod-rule'],
    because: 'the first RST was on its way to the server',
    basis: 'physics',
  },
  // The form of the RST.
  {
    when: ['RST of a live socket'],
    excludes: [...kernels, ...rules],
    because:
      'the RST has the window or the timestamps of a live socket, which an answer without a socket has not',
    basis: 'physics',
  },
  {
    when: ['RST without a socket', 'not server closed first', 'not client closed first'],
    excludes: [...programs, 'privileged-program', 'gave-up'],
    because: 'the RST has no ACK, no window and no timestamps: a socket that is aborted sends them',
    basis: 'physics',
  },
  // The way of the RST.
  {
    when: ["RST left the server's pod"],
    excludes: [...clientEnds, 'client-pod-rule', 'node-rule', 'node-kernel', 'in-between'],
    because: "the RST came out of the server's own interface",
    basis: 'physics',
  },
  {
    when: ["RST left the client's pod"],
    excludes: [...serverEnds, 'server-pod-rule', 'node-rule', 'node-kernel', 'in-between'],
    because: "the RST came out of the client's own interface",
    basis: 'physics',
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
    excludes: ['in-between'],
    because: "the RST went out of the node that the sender's other packets are born on, and never came in",
    basis: 'physics',
  },
  {
    when: ['RST from outside'],
    excludes: [...clientEnds, ...serverEnds, ...rules, 'node-kernel', 'privileged-program', 'gave-up'],
    because:
      "the RST came into the node from outside, and the server's pod, which was watched, had not sent it",
    basis: 'physics',
  },
  {
    when: ['RST has another TTL'],
    excludes: [...serverEnds, 'privileged-program', 'server-pod-rule'],
    because:
      "the RST has another TTL than the sender's other packets at the same place (one host may send several)",
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
  // What the kernels counted.
  {
    when: ["RST left the server's pod", 'not sender counted its RSTs'],
    excludes: [...serverEnds, 'privileged-program', 'gave-up'],
    because: "the kernel of the server's namespace counted no RST of its own",
    basis: 'physics',
  },
  {
    when: ["RST left the client's pod", 'not sender counted its RSTs'],
    excludes: [...clientEnds, 'privileged-program', 'gave-up'],
    because: "the kernel of the client's namespace counted no RST of its own",
    basis: 'physics',
  },
  {
    when: ['sender is the node itself', 'not sender counted its RSTs'],
    excludes: [...clientEnds, ...serverEnds, 'node-kernel', 'privileged-program', 'gave-up'],
    because: "the node's kernel counted no RST of its own",
    basis: 'physics',
  },
  {
    when: ['sender counted its RSTs'],
    excludes: rules,
    because:
      "the sender's kernel counted all RSTs that left it as its own, and what a rule makes does not count",
    basis: 'physics',
  },
  {
    when: ['sender is the node itself'],
    excludes: ['node-kernel', 'client-pod-rule', 'server-pod-rule'],
    because: 'the sender is no pod: its kernel is that of the node',
    basis: 'physics',
  },
  {
    when: ['RST made on the node', 'not node counted RSTs of its own'],
    excludes: ['node-kernel'],
    because: "the node's own kernel counted no RST, and what a rule makes does not count",
    basis: 'physics',
  },
  {
    when: ['RST of a live socket', 'not sender counted aborts'],
    excludes: [...programs],
    because: "the sender's kernel counted no socket that its own program aborted",
    basis: 'physics',
  },
  {
    when: ['RST of a live socket', 'sender counted aborts'],
    excludes: ['privileged-program'],
    because:
      'the kernel counted sockets that their own program aborted (others may have been aborted in the same second)',
    basis: 'convention',
  },
  // What became of the server.
  {
    when: ['not listener closed'],
    excludes: ['server-process-died'],
    because: 'the server went on listening (a new process may have been quicker than two looks)',
    basis: 'convention',
  },
  {
    when: ['server gave up waiting'],
    excludes: ['server-process-died'],
    because: "the server's own events say that it ended the connection, and go on",
    basis: 'physics',
  },
  {
    when: ['listener closed'],
    excludes: ['server-application'],
    because: 'the server stopped listening with it (a program may close both itself)',
    basis: 'convention',
  },
  {
    when: ['refused afterwards', 'not reject rule hit'],
    excludes: ['server-application'],
    because: 'nobody listened afterwards, and no rule rejected (a program may stop listening itself)',
    basis: 'convention',
  },
];
