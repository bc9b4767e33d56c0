// Whether the server's machine, or its pod, is there at all: its link, its neighbours' attempts to find it, and whether it was heard of
// since. That nothing comes back says no such thing: whoever is behind a hole is as silent.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { LinkChange, StateOfLink } from '../connections/change-index.ts';
import type { NodeTimeline } from '../connections/node-timeline.ts';
import type { Story } from '../connections/story.ts';
import { between } from '../connections/time-range.ts';
import { asEvidence, no, notSeen, seenIf, unknown, yes, type Look } from './fact.ts';

/** A pod that is replaced is there again sooner; and so long after an end somebody has to have gone on looking. */
const goneFor: Micros = 3_000_000;
/** An attempt to connect is told with what was shortly before. */
const shortlyBefore: Micros = 10_000_000;

/** The way to the server's pod, or its interface, went, and nobody had the address again. */
export const goneForGood: Look = (story) => {
  const { server, serverInterface, nodes, lost, slack } = story;
  if (!story.available.has('ip-monitor')) return unknown('ip-monitor');
  if (server === null) return unknown('capture-at-server');
  const since = Math.min(lost.bornAt, lost.failedAt - shortlyBefore);
  const changes = nodes.links.naming(server.address, serverInterface, since, Number.POSITIVE_INFINITY);
  const isEnd = (change: LinkChange) => change.event === 'link-changed' || change.change === 'deleted';
  const last = changes.at(-1);
  if (last === undefined)
    return someLinkWent(story, since) ? unknown('capture-at-server') : notSeen(story, 'ip-monitor');
  const ends = changes.filter((change) => isEnd(change) && parseMicros(change.at) <= lost.failedAt + slack);
  const end = ends.at(-1);
  if (end === undefined || !isEnd(last)) return no(asEvidence(last));
  const watchedUntil = Math.max(nodes.heardUntil(end.node), lost.failedAt);
  return watchedUntil - parseMicros(end.at) < goneFor
    ? unknown('its-hours')
    : yes(...ends.slice(-2).map(asEvidence));
};

/** Of a pod whose interface nobody knows: the routes that lead to one go with it, without a word. */
function someLinkWent({ serverInterface, serverNode, nodes, lost, slack }: Story, since: Micros): boolean {
  if (serverInterface !== null || serverNode === null) return false;
  return nodes.links
    .linksOf(serverNode)
    .some(
      ({ change, at }) =>
        change === 'deleted' && parseMicros(at) >= since - slack && parseMicros(at) <= lost.failedAt + slack,
    );
}

const isDown = ({ change, state }: StateOfLink): boolean =>
  change === 'changed' && (state === 'DOWN' || state === 'LOWERLAYERDOWN');

/** A link that is down for less loses nothing that is not sent again soon. */
const shortestOutage: Micros = 200_000;

/** When it was up again; infinity when it was not. Several lines tell of one change. */
function endOf(changes: readonly StateOfLink[], down: number): Micros {
  const up = changes.find((change, index) => index > down && !isDown(change));
  return up === undefined ? Number.POSITIVE_INFINITY : parseMicros(up.at);
}

/** A link of the server's node by which the server's packets go was down when this was lost. One that is deleted soon is another story. */
export const linkDown: Look = (story) => {
  const { server, serverNode, nodes, lost, slack } = story;
  if (serverNode === null || server === null || !nodes.ran('ip-monitor', serverNode))
    return unknown('ip-monitor');
  // An attempt to connect may find it down already.
  const isAttempt = lost.phase === 'connecting';
  const since = isAttempt ? Number.NEGATIVE_INFINITY : lost.lastGoodAt - slack;
  const from = isAttempt ? lost.bornAt - slack : since;
  let mayBeOnTheWay = false;
  const byLink = Map.groupBy(nodes.links.linksOf(serverNode), ({ link }) => link);
  for (const changes of byLink.values()) {
    if (changes.some(({ change }) => change === 'deleted')) continue;
    const down = changes.find(
      (change, index) =>
        isDown(change) &&
        parseMicros(change.at) >= since &&
        parseMicros(change.at) <= lost.failedAt + slack &&
        endOf(changes, index) >= Math.max(from, parseMicros(change.at) + shortestOutage),
    );
    if (down === undefined) continue;
    if (heardBy(nodes).links.has(`${serverNode} ${down.link} ${server.address}`))
      return yes(asEvidence(down));
    mayBeOnTheWay = true;
  }
  if (mayBeOnTheWay) return unknown('rest-of-connection');
  return notSeen(story, 'ip-monitor');
};

/** The kernel sends the errors of all that waited when it gives up the neighbour. */
const together: Micros = 1_000_000;

/** Somebody on the way asked for the link-layer address of the server, of its node, or of what its packets go out to, and nobody had it. */
export const neighbourSilent: Look = (story) => {
  const { server, serverNode, nodes, lost, slack, packets, goesToClient, errors } = story;
  if (!story.available.has('neighbours')) return unknown('neighbours');
  // Who asked where the packets go out, and said so to the client, asked for its own next hop.
  const isAnswer = (node: string, at: string) =>
    errors.own.some(
      (error) => error.node === node && Math.abs(parseMicros(error.at) - parseMicros(at)) < together,
    );
  const exits = new Set(
    packets
      .filter((packet) => packet.direction === 'out' && !goesToClient(packet))
      .map((packet) => `${packet.node} ${packet.interface}`),
  );
  const near = between(nodes.neighbours, lost.lastGoodAt - slack, lost.failedAt + slack);
  const isOnTheWay = ({ node, interface: name, address, at }: (typeof near)[number]) =>
    address === server?.address ||
    (serverNode !== null && nodes.hostOf(address) === serverNode) ||
    (exits.has(`${node} ${name}`) && isAnswer(node, at));
  const failed = near.find((event) => event.change === 'failed' && isOnTheWay(event));
  return failed === undefined ? notSeen(story, 'neighbours') : yes(asEvidence(failed));
};

/** When each address was last heard with anything but a RST, and by which links what it sent or was sent went. */
interface Heard {
  readonly last: ReadonlyMap<string, string>;
  readonly links: ReadonlySet<string>;
}

/** Thousands of connections are of one timeline. */
const heardOn = new WeakMap<NodeTimeline, Heard>();

function heardBy(nodes: NodeTimeline): Heard {
  const known = heardOn.get(nodes);
  if (known !== undefined) return known;
  const last = new Map<string, string>();
  const links = new Set<string>();
  for (const { tuple, flags, at, node, interface: name } of nodes.packets) {
    if (!flags.includes('R')) last.set(tuple.src, at);
    links.add(`${node} ${name} ${tuple.src}`).add(`${node} ${name} ${tuple.dst}`);
  }
  const heard = { last, links };
  heardOn.set(nodes, heard);
  return heard;
}

function spokeAfter(nodes: NodeTimeline, address: string, time: Micros): boolean {
  const last = heardBy(nodes).last.get(address);
  return last !== undefined && parseMicros(last) > time;
}

/** Nothing was heard of the server since this was in trouble, nor do its node's links tell that it was there. */
export const mayBeGone: Look = (story) => {
  const { lost, server, packets, nodes, ended, slack } = story;
  const trouble = packets.find(
    ({ retransmission, at }) => retransmission && parseMicros(at) > lost.lastGoodAt,
  );
  const since = (trouble === undefined ? lost.failedAt : parseMicros(trouble.at)) + slack;
  const addresses = [lost.target.address, ...(server === null ? [] : [server.address])];
  const [next] = lost.afterwards;
  const isHeard =
    addresses.some((address) => spokeAfter(nodes, address, since)) ||
    next?.failure === null ||
    next?.failure === 'refused' ||
    (ended !== null && parseMicros(ended.at) > since);
  return seenIf(!isHeard && (goneForGood(story).seen !== 'no' || linkDown(story).seen !== 'no'));
};
