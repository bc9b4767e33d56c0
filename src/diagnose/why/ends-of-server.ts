// What the end of the server's process looks like, whatever ended it: causes that differ only in that are suggested by the same.
import type { CauseModel } from './cause-model.ts';

export const endsOfServer: CauseModel['suggestedBy'] = [
  ['server aborted it itself'],
  ['its process was ending', 'server had closed it before'],
  ['its process was ending', 'server closed it itself', 'was closed'],
  ['listener closed', 'was closed'],
  ['listener closed', 'server closed first'],
  ['listener closed', 'RST of a live socket'],
  // The kernel ends what the process had with a FIN; one that has no socket never had any.
  ['listener closed', 'was reset', 'not RST without a socket'],
  ['listener closed', 'was refused'],
  ['refused afterwards', 'was closed'],
  ['refused afterwards', 'server closed first'],
  ['refused afterwards', 'RST of a live socket'],
  // Its last sockets, where nobody looked at its listener or its counters.
  ['RST of a live socket', 'RST to the client', 'no abort known to be counted'],
];
