// A program with the right to do so destroyed a live socket of another one.
import type { Story } from '../../diagnose/connections/story.ts';
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, {
  authors: ['privileged-program'],
  shownBy: [
    ["a program took the server's socket"],
    ["a program took the client's socket"],
    // Its owner reads ECONNABORTED, which the kernel says of nothing else.
    ["server's socket was destroyed"],
    ["client's socket was destroyed"],
  ],
  // Linger 0 sends the same RST: the count of aborted sockets tells them apart, where somebody read it.
  suggestedBy: [['RST of a live socket']],
  contradictedBy: [
    'not was reset',
    'RST made on the node',
    'RST from outside',
    'server says it ended it',
    'client says it aborted it',
  ],
  // A program may well do it while an endpoint goes, and Cilium does it then; but such a moment alone does not suggest it.
  notSuggestedWith: [
    'listener closed',
    'refused afterwards',
    'endpoint changed',
    'entry deleted by a program',
    'entry expired',
    'picked up in mid-stream',
    'RST without a socket',
    'RST for another port',
    'rule moved the port',
    'client noticed late',
    'server had closed it before',
    'client had closed it before',
    'its process was ending',
    'server gave up waiting',
    'sender gave up',
    'sender counted aborts',
    'reject rule hit',
  ],
  sentence: (stories) =>
    `${whoDidIt(stories)} destroyed live sockets: its kernel sent RST in the name of ${ofWhom(stories)}, whose process had closed ` +
    'nothing and reads ECONNABORTED. Process and listener live on.',
});

/** `A privileged program (ss, pid 4711)`. */
function whoDidIt(stories: readonly Story[]): string {
  const process = stories
    .flatMap(({ kernel: { first } }) => (first?.kind === 'destroyed' ? (first.event.process ?? []) : []))
    .find(({ command }) => command !== null);
  if (process === undefined) return 'A program with the right to do so';
  const { command, pid } = process;
  return `A program with the right to do so (${command ?? ''}${pid === null ? '' : `, pid ${pid}`})`;
}

function ofWhom(stories: readonly Story[]): string {
  const ofClient = stories.filter(
    ({ lost, resets: [rst], goesToClient }) =>
      lost.report?.errno === 'ECONNABORTED' || (rst !== undefined && !goesToClient(rst)),
  );
  if (ofClient.length === 0) return 'the server';
  return ofClient.length === stories.length ? 'the client' : 'the one or the other end';
}
