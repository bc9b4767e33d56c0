// Who answers for the server's link-layer address, as its neighbours found it: another machine than before, and the first one again.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { NodeEvent } from '../../model/node-event.ts';
import type { NodeTimeline } from '../connections/node-timeline.ts';
import { remember } from '../connections/remember.ts';
import { asEvidence, notSeen, unknown, yes, type Fact, type Look } from './fact.ts';
import type { Story } from '../connections/story.ts';

type Move = Extract<NodeEvent, { event: 'neighbour' }>;

/** An address that comes back after longer may have been given away in between, and taken again, in good order. */
const backWithin: Micros = 300_000_000;

/** Its MAC changed in some neighbour table, between the last answer and the loss. */
export const ownerChanged: Look = (story) => {
  const moves = movesNear(story);
  if (moves.length > 0) return yes(...moves.slice(0, 2).map(asEvidence));
  return withoutMoves(story);
};

/** The same table has also seen it go back to a MAC that it had left: both owners are there, and answer in turns. */
export const ownerCameBack: Look = (story) => {
  const near = movesNear(story);
  for (const move of near) {
    const others = movesOn(story.nodes).get(placeOf(move)) ?? [];
    const time = parseMicros(move.at);
    const back = others.find(
      (other) =>
        other !== move &&
        Math.abs(parseMicros(other.at) - time) <= backWithin &&
        // Left now and taken again later, or taken now and left before.
        ((parseMicros(other.at) > time && other.mac === move.macBefore) ||
          (parseMicros(other.at) < time && other.macBefore === move.mac)),
    );
    if (back !== undefined) return yes(...[move, back].map(asEvidence));
  }
  // It may yet go back after all that was watched.
  return near.length > 0 ? unknown('its-hours') : withoutMoves(story);
};

/** Who sees the MACs is the last router before the server: where that was not watched, nothing is known. */
function withoutMoves(story: Story): Fact {
  const { server, serverNode, nodes, available } = story;
  if (!available.has('neighbours') || server === null) return unknown('neighbours');
  return serverNode === null || nodes.ran('neighbours', serverNode)
    ? notSeen(story, 'neighbours')
    : unknown('neighbours');
}

function movesNear({ server, lost, nodes, slack }: Story): Move[] {
  const address = (server ?? lost.target).address;
  return (movesByAddress(nodes).get(address) ?? []).filter(
    ({ at, since }) =>
      parseMicros(since ?? at) <= lost.failedAt + slack && parseMicros(at) >= lost.lastGoodAt - slack,
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
