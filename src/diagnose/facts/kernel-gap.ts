// Whether a kernel would have told: only of a node that was watched then, by a witness that lost nothing, is its silence a word.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { BlindSpot } from '../../model/node-event.ts';
import { hasComeInFresh, isOfLiveSocket } from '../connections/packet-index.ts';
import type { Story } from '../connections/story.ts';
import type { Side } from '../connections/told-by-kernels.ts';
import type { Wanted } from '../witness-words.ts';

/** So long before the RST its line may be stamped, on a busy machine, too. */
const stampedWithin: Micros = 1_000_000;

/** When it was lost, by the first RST that anybody told of. */
export function momentOf({ resets, kernel, lost }: Story): Micros {
  const [rst] = resets;
  const told = kernel.first?.event ?? kernel.received('client') ?? kernel.received('server');
  return Math.min(
    lost.failedAt,
    ...[rst, told].flatMap((one) => (one === undefined ? [] : parseMicros(one.at))),
  );
}

/** What is missing of the word of that end's kernel, from `since` to the loss; null when nothing is. */
export function kernelGap(story: Story, side: 'client' | 'server', since?: Micros): Wanted | null {
  const missing = side === 'client' ? 'kernel-at-client' : 'kernel-at-server';
  const node = kernelNode(story, side);
  if (node === null) return missing;
  const address = side === 'client' ? story.lost.client?.address : story.server?.address;
  const isNodesOwn = address !== undefined && story.nodes.hostOf(address) === node;
  const gap = gapOn(story, node, since) ?? (isNodesOwn || !isBlind(story, node, 'pods') ? null : missing);
  return gap ?? (toldNothingOfOwnReset(story, side) ? missing : null);
}

/**
 * A live socket of that end sent a RST, seen coming out of its own interface, and its kernel told of none: the witness has not found that
 * namespace yet, as on a machine that is busy, and hears nothing of it.
 */
function toldNothingOfOwnReset(
  { resets, kernel, goesToClient, clientInterface, serverInterface }: Story,
  side: 'client' | 'server',
): boolean {
  const own = side === 'client' ? clientInterface : serverInterface;
  const isSent = resets.some(
    (packet) =>
      goesToClient(packet) === (side === 'server') &&
      packet.node === own?.node &&
      packet.interface === own.name &&
      hasComeInFresh(packet) &&
      isOfLiveSocket(packet),
  );
  return isSent && !kernel.events.some((event) => kernel.sideOf(event) === side);
}

/** The same of the kernel of every node that carried it; those of both ends did, whether or not anybody saw it there. */
export function carriersGap(story: Story): Wanted | null {
  if (story.carriers.size === 0) return 'kernel-events';
  const [client, server] = [kernelNode(story, 'client'), kernelNode(story, 'server')];
  const ends = [client, server].filter((node) => node !== null);
  for (const node of new Set([...story.carriers, ...ends])) {
    const gap =
      gapOn(story, node) ?? (isBlind(story, node, 'resets-without-socket') ? 'resets-without-socket' : null);
    if (gap !== null) return gap;
  }
  if (server === null) return 'kernel-at-server';
  return client === null ? 'kernel-at-client' : null;
}

/** The node whose kernel has that end's socket, as far as anybody tells. */
export function kernelNode(
  { lost, server, serverNode, clientInterface, nodes }: Story,
  side: Side,
): string | null {
  if (side === 'server') return server === null ? null : (serverNode ?? nodes.hostOf(server.address));
  if (side === 'node' || lost.client === null) return null;
  const { address } = lost.client;
  return (
    clientInterface?.node ?? nodes.nodeOf(address) ?? nodes.hostOf(address) ?? nodes.kernel.homeOf(address)
  );
}

export const isBlind = ({ nodes }: Story, node: string, spot: BlindSpot): boolean =>
  nodes.blind('kernel-events', spot, node);

function gapOn(story: Story, node: string, since = momentOf(story) - stampedWithin): Wanted | null {
  const { nodes, lost, slack } = story;
  if (!nodes.ran('kernel-events', node)) return 'kernel-events';
  if (nodes.mayHaveMissed('kernel-events', node, since, lost.failedAt + slack)) return 'what-was-lost';
  // Of a witness that still runs nothing may be concluded for a time of which it has not told yet.
  if (nodes.lastHeard('kernel-events', node) < momentOf(story)) return 'its-hours';
  return nodes.missed('kernel-events', node, since, momentOf(story)) ? 'its-hours' : null;
}
