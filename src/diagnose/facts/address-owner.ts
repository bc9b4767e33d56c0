// Who answers for the server's link-layer address, as its neighbours found it: another machine than before, and the first one again.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { NodeEvent } from '../../model/node-event.ts';
import type { NodeTimeline } from '../connections/node-timeline.ts';
import { remember } from '../connections/remember.ts';
import { asEvidence, notSeen, unknown, yes, type Fact, type Look } from './fact.ts';
import type { Story } from '../connections/story.ts';

type Move = Extract<NodeEvent, { event: 'neighbour' }>;

/** Nobody moves an address away and takes it back again, on purpose, in so short a time: such a takeover alone lasts seconds. */
const atOnce: Micros = 2_500_000;
/** Three moves within this are no failover and its failback. */
const toAndFroWithin: Micros = 10_000_000;

/** So long before an attempt to connect what became of the address is told. */
const shortlyBefore: Micros = 10_000_000;

/** Its MAC changed in some neighbour table, between the last answer and the loss, or shortly before an attempt to connect. */
export const ownerChanged: Look = (story) => {
  const moves = movesNear(story);
  if (moves.length > 0) return yes(...moves.slice(0, 2).map(asEvidence));
  return withoutMoves(story);
};

/** The same table saw it go, come back and go again within seconds, between the same two: both owners are there at one time. */
export const ownersInTurns: Look = (story) => {
  const near = movesNear(story);
  for (const move of near) {
    const moves = movesOn(story.nodes).get(placeOf(move)) ?? [];
    for (const [index, first] of moves.entries()) {
      const turns = moves.slice(index, index + 3);
      const [, second, third] = turns;
      if (second === undefined || third === undefined || !turns.includes(move)) continue;
      if (isWayBack(first, second) && isWayBack(second, third) && within(first, third, toAndFroWithin))
        return yes(...turns.map(asEvidence));
    }
  }
  // It may yet go back after all that was watched; and that it came back once says that there are two, but not at one time.
  return near.length > 0 ? unknown('its-hours') : withoutMoves(story);
};

/** The same table saw it back at its former owner sooner than anybody gives an address away and takes it again. */
export const ownerCameBack: Look = (story) => {
  const near = movesNear(story);
  for (const move of near) {
    const moves = movesOn(story.nodes).get(placeOf(move)) ?? [];
    const place = moves.indexOf(move);
    const [former, next] = [moves[place - 1], moves[place + 1]];
    if (next !== undefined && isWayBack(move, next) && within(move, next, atOnce))
      return yes(...[move, next].map(asEvidence));
    if (former !== undefined && isWayBack(former, move) && within(former, move, atOnce))
      return yes(...[former, move].map(asEvidence));
  }
  return near.length > 0 ? unknown('its-hours') : withoutMoves(story);
};

const isWayBack = (there: Move, back: Move): boolean =>
  back.macBefore === there.mac && back.mac === there.macBefore;

const within = (first: Move, last: Move, span: Micros): boolean =>
  parseMicros(last.at) - parseMicros(first.since ?? first.at) <= span;

/** Who sees the MACs is the last router before the server: where that was not watched, nothing is known. */
function withoutMoves(story: Story): Fact {
  const { server, serverNode, nodes, available } = story;
  if (!available.has('neighbours') || server === null) return unknown('neighbours');
  if (serverNode === null || !nodes.ran('neighbours', serverNode) || goesByBridge(story))
    return unknown('neighbours');
  return notSeen(story, 'neighbours');
}

/**
 * Two pods of one bridge find each other without the node, and their own tables are read every few seconds only: whoever had the
 * address between two readings was not seen. A node that routes between its pods counts the TTL down.
 */
function goesByBridge({ lost, server, serverNode, nodes }: Story): boolean {
  const { client } = lost;
  if (client === null || server === null) return false;
  const own = nodes
    .packetsOf(formatEndpoint(client))
    .filter(({ node, tuple }) => node === serverNode && tuple.src === client.address);
  const places = Map.groupBy(own, ({ interface: name }) => name);
  const ttls = new Set(own.map(({ ttl }) => ttl));
  return places.size > 1 && ttls.size === 1;
}

function movesNear({ server, lost, nodes, slack }: Story): Move[] {
  const address = (server ?? lost.target).address;
  // An attempt to connect was never well: it goes to whoever had got the address before it.
  const from =
    lost.phase === 'connecting' ? Math.min(lost.lastGoodAt, lost.failedAt - shortlyBefore) : lost.lastGoodAt;
  return (movesByAddress(nodes).get(address) ?? []).filter(
    ({ at, since }) => parseMicros(since ?? at) <= lost.failedAt + slack && parseMicros(at) >= from - slack,
  );
}

const placeOf = ({ node, scope, interface: name, address }: Move) => `${node} ${scope} ${name} ${address}`;

/** Thousands of connections are of one timeline. */
const known = new WeakMap<NodeTimeline, Record<'byAddress' | 'byPlace', ReadonlyMap<string, Move[]>>>();

function sorted(nodes: NodeTimeline) {
  const found = known.get(nodes);
  if (found !== undefined) return found;
  const byAddress = new Map<string, Move[]>();
  const byPlace = new Map<string, Move[]>();
  for (const event of nodes.neighbours) {
    if (event.change !== 'moved' || event.mac === null || event.macBefore === null) continue;
    remember(byAddress, event.address, event);
    remember(byPlace, placeOf(event), event);
  }
  const made = { byAddress, byPlace };
  known.set(nodes, made);
  return made;
}

const movesByAddress = (nodes: NodeTimeline) => sorted(nodes).byAddress;
const movesOn = (nodes: NodeTimeline) => sorted(nodes).byPlace;
