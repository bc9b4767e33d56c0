// Who ended a connection: the first thing that a user wants to know of a reset.

export const authors = [
  'client-application',
  'client-process-died',
  'client-kernel',
  'server-application',
  'server-process-died',
  'server-kernel',
  'privileged-program',
  'client-pod-rule',
  'node-rule',
  'server-pod-rule',
  'node-kernel',
  'in-between',
  'gave-up',
  'nobody',
  'unknown',
] as const;

export type Author = (typeof authors)[number];

/** In words, for a sentence: "sent by …", "ended by …". */
export const authorWords: Readonly<Record<Author, string>> = {
  'client-application': "the client's application",
  'client-process-died': "the client's process, by its end",
  'client-kernel': "the client's own kernel",
  'server-application': "the server's application",
  'server-process-died': "the server's process, by its end",
  'server-kernel': "the server's kernel",
  'privileged-program': 'a privileged program that destroyed the socket',
  'client-pod-rule': "a rule in the client's pod",
  'node-rule': 'a rule on the node',
  'server-pod-rule': "a rule in the server's pod",
  'node-kernel': "the node's own kernel",
  'in-between': 'something between the nodes',
  'gave-up': 'a kernel that gave up waiting',
  nobody: 'nobody: nothing was sent',
  unknown: 'not known',
};
