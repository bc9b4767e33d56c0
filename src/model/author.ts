// Who ended a connection: the first thing that a user wants to know of a reset.

export const authors = [
  'client-kernel',
  'server-kernel',
  'server-application',
  'node-rule',
  'in-between',
  'nobody',
  'unknown',
] as const;

export type Author = (typeof authors)[number];

/** In words, for a sentence: "sent by …". */
export const authorWords: Readonly<Record<Author, string>> = {
  'client-kernel': "the client's own kernel",
  'server-kernel': "the server's kernel",
  'server-application': "the server's application",
  'node-rule': 'a rule on the node',
  'in-between': 'something between the nodes',
  nobody: 'nobody: nothing was sent',
  unknown: 'not known',
};
