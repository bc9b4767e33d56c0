// What IPVS knew of a connection: it hands packets on by an entry, and what it has no entry for is delivered to the node itself.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { Story } from '../connections/story.ts';
import { asEvidence, notSeen, seenIf, unknown, yes, type Look } from './fact.ts';
import { ofFirstReset } from './reset-form.ts';
import { resetMadeHere } from './reset-way.ts';
import { nodeCountedResets } from './sender-counters.ts';

/** The table is read now and then, and tells of whole seconds. */
const second: Micros = 1_000_000;

/** The entry of this connection went while nothing was said, and not before its time: no program took it. */
export const ipvsEntryRanOut: Look = (story) => {
  const { lost, nodes, slack, available, carriers } = story;
  const { client, target, lastGoodAt, failedAt } = lost;
  if (!available.has('ipvs')) return unknown(mayBeNodesKernel(story) ? 'ipvs' : null);
  if (client === null) return unknown(null);
  const gone = nodes
    .ipvsForgot(client)
    .filter(
      ({ node, tuple, at, since }) =>
        carriers.has(node) &&
        tuple.dst === target.address &&
        tuple.dport === target.port &&
        parseMicros(at) >= lastGoodAt - slack &&
        parseMicros(since) <= failedAt + slack,
    );
  const ranOut = gone.find(
    ({ at, since, secondsLeft }) => parseMicros(at) + slack >= parseMicros(since) + secondsLeft * second,
  );
  if (ranOut !== undefined) return yes(asEvidence(ranOut));
  // One that went before its time was taken by a program, or with its endpoint.
  if (gone.length > 0) return notSeen(story, 'ipvs');
  // Nor is an entry seen that was read too late to be seen go.
  return [...carriers].every((node) => nodes.ran('ipvs', node)) ? notSeen(story, 'ipvs') : unknown('ipvs');
};

/** Of no other loss would IPVS's table decide anything. */
const mayBeNodesKernel = (story: Story): boolean =>
  resetMadeHere(story).seen === 'yes' && nodeCountedResets(story).seen !== 'no';

/** The RST came out of a node in the name of an address that this node has for its own, as it has a Service's with IPVS. */
export const senderIsOwnAddress: Look = ofFirstReset((first, { nodes }) => {
  const known = nodes.isOwnAddress(first.node, first.tuple.src);
  return known === null ? unknown(null) : seenIf(known, asEvidence(first));
});
