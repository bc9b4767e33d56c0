// The machine or the pod behind the address is gone, and its kernel with it: nobody is left who could say so.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['nobody', 'in-between', 'node-kernel'],
  shownBy: [
    ['timed out', 'sent again and again', 'server is gone for good', 'not RST to the client'],
    ['timed out', 'never connected', 'server is gone for good'],
    ['was unreachable', 'server is gone for good'],
    ['timed out', 'sent again and again', "link of the server's node is down", 'not RST to the client'],
    ['timed out', 'never connected', "link of the server's node is down"],
    ['was unreachable', "link of the server's node is down"],
    ['ICMP answer: host unreachable', 'neighbour did not answer', 'not was reset'],
  ],
  // A machine that nobody watches and nobody has heard of since is as silent as a hole before it.
  suggestedBy: [
    [
      'timed out',
      'sent again and again',
      'server may be gone',
      'not had been idle',
      'not never connected',
      'not ICMP error seen',
      'may never have arrived',
    ],
    [
      'timed out',
      'server may be gone',
      'not entry expired',
      'not table overflowed',
      'not ICMP error seen',
      'may never have arrived',
    ],
    ['timed out', 'never connected', 'server may be gone', 'not table overflowed', 'may never have arrived'],
  ],
  contradictedBy: [
    'was refused',
    'was closed',
    'one way alone passed',
    'idle bound parts them',
    'client answered what was not translated',
    'others answered what was not translated',
    'RST to the client',
    'refused afterwards',
    'ICMP answer: port unreachable',
    'ICMP answer: prohibited',
    'ICMP: packet too long',
    'only long packets vanished',
    'long packets alone were missed',
    'ICMP refused its neighbours',
    'table overflowed',
    'server dropped openings',
    'client noticed late',
  ],
  sentence(stories) {
    const said = stories.some(({ lost, errors }) => lost.failure === 'unreachable' || errors.own.length > 0);
    const then = said
      ? 'A router that looked for it in vain said "unreachable", seconds later; to an established connection that is no end.'
      : 'Nobody was left to say so.';
    return `The server's machine, its pod, or the link to it went away and did not come back in time. ${then} The client sent again until it gave up.`;
  },
});
