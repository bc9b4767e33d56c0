// Whom it excludes what kernels counted, and what became of the server.
import { clientEnds, serverEnds, programs, rules, type Exclusion } from './exclusion-row.ts';

export const byCounting: readonly Exclusion[] = [
  // What the kernels counted.
  {
    when: ["RST left the server's pod", "server's pod is known", 'not sender counted its RSTs'],
    excludes: [...serverEnds, 'privileged-program', 'gave-up'],
    because: "the kernel of the server's namespace counted no RST of its own",
    basis: 'physics',
  },
  {
    when: ["RST left the client's pod", "client's pod is known", 'not sender counted its RSTs'],
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
    when: ['sender counted just those RSTs'],
    excludes: rules,
    because:
      "the sender's kernel counted as its own just the RSTs that were seen leaving it, and what a rule makes does not count",
    basis: 'physics',
  },
  {
    when: ['sender counted its RSTs'],
    excludes: rules,
    because:
      "the sender's kernel counted RSTs of its own with this one, and what a rule makes does not count (it may count some that nobody saw)",
    basis: 'convention',
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
    because:
      "the sender's kernel counted no socket that its own program aborted (closing a listener aborts those that wait in it, uncounted)",
    basis: 'convention',
  },
  {
    when: ['RST of a live socket', 'sender counted aborts'],
    excludes: ['privileged-program'],
    because:
      'the kernel counted sockets that their own program aborted (others may have been aborted in the same second)',
    basis: 'convention',
  },
  {
    when: ['RST of a live socket', 'sender counted unread input for each'],
    excludes: ['privileged-program'],
    because:
      'each RST of a live socket is paid for by one that its program closed with input unread, and a socket that is destroyed counts as none',
    basis: 'physics',
  },
  {
    when: ['RST of a live socket', 'server says it ended it', 'sender counted an abort for each'],
    excludes: ['privileged-program'],
    because:
      'the server says that it ended the connection, and its kernel counted an aborted socket for each RST, which a socket that is destroyed does not count as',
    basis: 'physics',
  },
  // What many connections show together.
  {
    when: ['idle bound parts them', 'was reset'],
    excludes: ['server-application', 'server-process-died', 'privileged-program'],
    because:
      'only connections that had been idle for long were lost, each when it was used again, and an end of the server or of its sockets spares none that are busy (a server may refuse what it holds to be too old when it is used)',
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
    when: ["listener's process ended"],
    excludes: ['server-application'],
    because: 'the process that listened ended with it (it may have closed both itself just before)',
    basis: 'convention',
  },
  {
    when: ['listener closed', "not listener's process ended"],
    excludes: ['server-process-died'],
    because:
      'the process that had listened went on without its listener (another may have had the connection)',
    basis: 'convention',
  },
  {
    when: ['refused afterwards', 'not reject rule hit'],
    excludes: ['server-application'],
    because: 'nobody listened afterwards, and no rule rejected (a program may stop listening itself)',
    basis: 'convention',
  },
];
