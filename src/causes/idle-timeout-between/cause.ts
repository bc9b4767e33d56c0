// A box on the way forgot a connection that was silent for longer than its idle timeout.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['in-between', 'nobody'],
  // One loss after a silence says nothing: that silence parts what was lost from what lives has to be seen.
  shownBy: [
    ['RST from outside', 'idle bound parts them'],
    [
      'timed out',
      'idle bound parts them',
      'sent again and again',
      'never arrived',
      'not RST to the client',
      'not ICMP error seen',
      'not entry expired',
    ],
  ],
  suggestedBy: [
    // Where nobody could see how long it was silent before, it may have been: the contradictions tell where it was not.
    ['RST from outside'],
    ['was reset', 'idle bound parts them'],
    // By its hops alone it may be a rule's on the peer's node, as for a forged one.
    ['RST made on the way, by its hops', 'RST to the client', "client's pod is known"],
    [
      'timed out',
      'sent again and again',
      'not ICMP error seen',
      'not entry expired',
      'not table overflowed',
      'may never have arrived',
    ],
    [
      'timed out',
      'idle bound parts them',
      'not ICMP error seen',
      'not entry expired',
      'may never have arrived',
    ],
  ],
  contradictedBy: [
    'not idle bound parts them',
    'not had been idle',
    'was closed',
    'was refused',
    'never connected',
    'entry expired',
    'entry deleted by a program',
    'picked up in mid-stream',
    'INVALID packets dropped',
    "RST left the server's pod",
    'RST made on the node',
    'rule moved the port',
    'endpoint changed',
    'listener closed',
    'client noticed late',
    'ICMP refused its neighbours',
  ],
  sentence(stories) {
    const bound = stories.flatMap(({ idleBound }) => idleBound ?? [])[0];
    const where =
      bound === undefined
        ? 'how long that is, connections that live would tell'
        : `its bound is between ${seconds(bound.longestAnswered)} and ${seconds(bound.shortestLost)}`;
    return (
      `Something on the way between the nodes forgets connections that are silent for too long (${where}), and answers the next packet ` +
      'with RST, or not at all. Neither end had ended them.'
    );
  },
});

const seconds = (micros: number): string => `${(micros / 1e6).toFixed(micros < 1e7 ? 1 : 0)} s`;
