// Whom it excludes what the kernels of both ends told: whose kernel sent the RST, why, and that none of those that were watched did.
import type { Author } from '../../model/author.ts';
import { allBut, clientEnds, rules, serverEnds, type Exclusion } from './exclusion-row.ts';

/** Whoever may have ended a socket in silence, before its kernel answered for it. */
const endedBefore: readonly Author[] = [
  'client-application',
  'client-process-died',
  'server-application',
  'server-process-died',
  'privileged-program',
  'gave-up',
];

export const byKernel: readonly Exclusion[] = [
  // The process that did it.
  {
    when: ['server aborted it itself'],
    excludes: allBut('server-application', 'server-process-died'),
    because: "the server's own process closed it so that its kernel sent the RST, as that kernel says",
    basis: 'physics',
  },
  {
    when: ['client aborted it itself'],
    excludes: allBut('client-application', 'client-process-died'),
    because: "the client's own process closed it so that its kernel sent the RST, as that kernel says",
    basis: 'physics',
  },
  {
    when: ['server had closed it before'],
    excludes: allBut('server-application', 'server-process-died'),
    because: "the server's process had closed it, and its kernel answered what came too late",
    basis: 'physics',
  },
  {
    when: ['client had closed it before'],
    excludes: allBut('client-application', 'client-process-died'),
    because: "the client's process had closed it, and its kernel answered what came too late",
    basis: 'physics',
  },
  {
    when: ['its process was ending'],
    excludes: ['client-application', 'server-application'],
    because: 'the process was ending when its socket was closed, as the kernel says',
    basis: 'physics',
  },
  {
    when: ['not its process was ending'],
    excludes: ['client-process-died', 'server-process-died'],
    because: 'the process that closed it was not ending: the kernel would have told of its exit before',
    basis: 'physics',
  },
  {
    when: ["a program took the server's socket"],
    excludes: allBut('privileged-program'),
    because:
      "the server's socket was taken from its process while it was in use, as only a program with that right does",
    basis: 'physics',
  },
  {
    when: ["a program took the client's socket"],
    excludes: allBut('privileged-program'),
    because:
      "the client's socket was taken from its process while it was in use, as only a program with that right does",
    basis: 'physics',
  },
  {
    when: ['was closed', 'server closed it itself'],
    excludes: ['in-between'],
    because: "the server's own process closed it, as its kernel says",
    basis: 'physics',
  },
  // A kernel that answered for nobody.
  {
    when: ["server's kernel had no socket"],
    excludes: ['client-kernel', ...rules, 'node-kernel', 'in-between', 'nobody'],
    because: "the server's kernel sent the RST because it had no such socket, as it says itself",
    basis: 'physics',
  },
  {
    when: ["server's kernel had no socket", "not server's socket had ended"],
    excludes: endedBefore,
    because:
      "the server's kernel had no socket for what came, and the connection's own socket there had not ended",
    basis: 'physics',
  },
  {
    when: ["server's kernel had no socket", 'was refused'],
    excludes: endedBefore,
    because:
      "the server's kernel answered an attempt to connect because nobody listened there, as it says itself",
    basis: 'physics',
  },
  {
    when: ["server's kernel had no socket", 'was reset'],
    excludes: endedBefore,
    because:
      "the server's kernel had no socket for what came (the connection's own may have ended unseen before)",
    basis: 'convention',
  },
  {
    // That a RST came at all excludes `nobody` where the client cannot have gone in silence before.
    when: ["client's kernel had no socket"],
    excludes: [...serverEnds, 'node-kernel', ...rules, 'in-between'],
    because: "the client's kernel sent the first RST because it had no such socket, as it says itself",
    basis: 'physics',
  },
  {
    when: ["client's kernel had no socket", "client's socket was reset"],
    excludes: endedBefore,
    because:
      "the client's kernel had no socket for what came, while the connection's own socket there was alive",
    basis: 'physics',
  },
  {
    when: ["node's kernel had no socket"],
    excludes: allBut('node-kernel'),
    because:
      "the node's own kernel sent the RST, in a name that is neither end's own, because it had no such socket",
    basis: 'physics',
  },
  {
    when: ['keep-alive ran out', 'was reset'],
    excludes: allBut('gave-up'),
    because: 'a kernel sent the RST because nobody answered its keep-alive probes, as it says itself',
    basis: 'physics',
  },
  // Kernels that were watched, and sent nothing.
  {
    when: ["client's socket was reset", "not server's kernel sent a RST"],
    excludes: [...serverEnds, 'privileged-program', 'gave-up'],
    because: "a RST came to the client's socket, and the server's kernel sent none of this connection",
    basis: 'physics',
  },
  {
    // Another connection of the same port has another client.
    when: [
      "server's socket was reset",
      "not client's kernel sent a RST",
      "not client's socket was reset",
      'not RST answers another opening',
    ],
    excludes: [...clientEnds, 'privileged-program', 'gave-up'],
    because: "a RST came to the server's socket, and the client's kernel sent none of this connection",
    basis: 'physics',
  },
  {
    when: ["client's socket was reset", 'not client closed it itself'],
    excludes: ['client-application', 'client-process-died'],
    because: "the client's socket was alive when a RST came to it",
    basis: 'physics',
  },
  {
    when: ["client's socket was reset", "not client's kernel sent a RST"],
    excludes: clientEnds,
    because: "a RST came to the client's socket, and the client's own kernel sent none of this connection",
    basis: 'physics',
  },
  {
    when: ['was reset', "not node's kernel sent a RST"],
    excludes: ['node-kernel'],
    because: 'the kernels of the nodes that carried it sent no RST in a name that is not their own',
    basis: 'physics',
  },
];
