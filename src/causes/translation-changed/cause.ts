// The translation of a live connection is made anew and chooses another endpoint, whose kernel knows nothing of it.
import { formatEndpoint } from '../../model/endpoint.ts';
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['server-kernel'],
  shownBy: [
    ['sent to another endpoint', 'was reset', 'entry deleted by a program'],
    // An entry lives for a whole second at least: what was heard just before had one, and it did not run out.
    ['sent to another endpoint', 'was reset', 'not had been idle'],
  ],
  suggestedBy: [
    ['sent to another endpoint', 'was reset'],
    // As the other endpoint's own node sees it, which knows nothing of the one that had served it.
    ['first seen in mid-stream', 'was reset', 'RST without a socket'],
  ],
  contradictedBy: [
    'not was reset',
    'not sent to another endpoint',
    'entry expired',
    'endpoint changed',
    'rule moved the port',
    'RST of a live socket',
    'RST made on the node',
    'RST from outside',
  ],
  sentence(stories) {
    const moved = stories.flatMap(({ rerouted }) => rerouted ?? [])[0];
    const ways =
      moved === undefined ? '' : `: from ${formatEndpoint(moved.from)} to ${formatEndpoint(moved.to)}`;
    const deleter = stories
      .flatMap(({ firsts }) => firsts)
      .find(({ destroyed }) => destroyed?.deletedByProgram === true);
    const by =
      deleter === undefined ? '' : ` after a program on ${deleter.node} had deleted their conntrack entries`;
    return (
      `Live connections to a Service were translated anew${by}, and sent to another of its endpoints than the one that had served them` +
      `${ways}. The kernel there has no such connection and answers with RST; the endpoint that had served them was alive and heard nothing.`
    );
  },
});
