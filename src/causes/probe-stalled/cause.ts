// The prober itself did not run; nobody's network is to blame.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['server-application', 'nobody'],
  shownBy: [['client noticed late']],
  suggestedBy: [],
  contradictedBy: [
    'not told by a probe',
    'not client noticed late',
    'rule moved the port',
    'entry deleted by a program',
    'endpoint changed',
    'listener closed',
    'RST made on the node',
    'RST from outside',
  ],
  sentence: () =>
    "The client's own process did not run for a while, so its connections looked dead to the server, which ended them. Nobody's " +
    'network is to blame.',
});
