// A rule on the node rejects packets of an established connection with a RST of its own making.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['node-rule', 'server-pod-rule', 'client-pod-rule'],
  shownBy: [
    ['RST made on the node', 'reject rule hit'],
    // What goes out, came from nowhere and is not the node's own kernel's can only be a rule's.
    ['RST made on the node', 'not node counted RSTs of its own'],
    // The same where the server is a socket of the node itself, whose kernel would have counted its own.
    ['sender is the node itself', 'not sender counted its RSTs'],
  ],
  suggestedBy: [
    ['RST made on the node', 'not packets were INVALID'],
    ['reject rule hit', 'refused afterwards', "not RST left the server's pod"],
  ],
  contradictedBy: [
    'timed out',
    'was closed',
    'entry deleted by a program',
    'rule moved the port',
    'endpoint changed',
    'listener closed',
  ],
  sentence: () =>
    'A rule on the node rejects the packets of established connections: the node itself makes the RST, in the name of the ' +
    'server, which never hears of it.',
});
