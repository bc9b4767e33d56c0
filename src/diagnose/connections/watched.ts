// Who watched where one lost connection went, and saw all of it: only then does what a witness does not show say anything.
import type { Micros } from '../../model/clock.ts';
import { blindSpots, type BlindSpot } from '../../model/node-event.ts';
import { nodeWitnesses, type NodeWitness } from '../witness-words.ts';
import type { LostConnection } from './lost-connection.ts';
import type { NodeTimeline } from './node-timeline.ts';

export interface Watched {
  /** The witnesses that ran where this connection went: what such a one did not see did not happen. */
  readonly available: ReadonlySet<NodeWitness>;
  /** The capture ran, and has no RST of this connection though one came: what it does not show proves nothing. */
  readonly captureMissedIt: boolean;
  /** The rules on the way that nobody can see at work: without a counter, or on a node whose rules nobody read. */
  readonly unseenRules: { readonly of: ReadonlySet<BlindSpot>; readonly onSomeNode: boolean };
  /** Whether such a witness looked into the server's pod: only then does its silence say something of the pod. */
  readonly lookedIntoServer: (witness: NodeWitness) => boolean;
  /** Whether such a witness looked into every pod of the node. */
  readonly lookedIntoPodsOf: (witness: NodeWitness, node: string) => boolean;
  /** Some node that carried it tracks connections in tables of its dataplane, where the witnesses of conntrack and rules do not look. */
  readonly tracksElsewhere: boolean;
  /** Whether such a witness may have missed something by then where the connection went: what it does not show may have been there. */
  readonly lostSome: (witness: NodeWitness) => boolean;
  /** Whether such a witness did not watch a node that carried the connection for all of its last moments. */
  readonly missedSome: (witness: NodeWitness) => boolean;
}

interface Whereabouts {
  readonly lost: LostConnection;
  readonly carriers: ReadonlySet<string>;
  readonly serverNode: string | null;
  readonly serverIsNodeItself: boolean;
  /** Its packets had passed routers, and no node that was watched has it. */
  readonly serverIsElsewhere: boolean;
  /** A RST came, and no capture has one. */
  readonly captureMissedIt: boolean;
  readonly nodes: NodeTimeline;
  readonly slack: Micros;
}

export function whoWatched(where: Whereabouts): Watched {
  const { carriers, serverNode, serverIsNodeItself, serverIsElsewhere, captureMissedIt, nodes, slack } =
    where;
  const { bornAt, lastGoodAt, failedAt } = where.lost;
  const places = carriers.size === 0 ? [null] : [...carriers];
  return {
    available: new Set(
      nodeWitnesses.filter(
        (witness) => ranHere(witness, carriers, nodes) && !(witness === 'capture' && captureMissedIt),
      ),
    ),
    captureMissedIt: captureMissedIt && ranHere('capture', carriers, nodes),
    unseenRules: {
      of: new Set(
        blindSpots.filter((spot) => places.some((node) => nodes.blind('rule-counters', spot, node))),
      ),
      onSomeNode: places.some((node) => !nodes.ran('rule-counters', node)),
    },
    lookedIntoServer: (witness) => {
      const where = serverNode === null ? places : [serverNode];
      return (
        !serverIsElsewhere &&
        where.some((node) => nodes.ran(witness, node)) &&
        (serverIsNodeItself || !where.some((node) => nodes.blind(witness, 'pods', node)))
      );
    },
    lookedIntoPodsOf: (witness, node) => nodes.ran(witness, node) && !nodes.blind(witness, 'pods', node),
    tracksElsewhere: places.some((node) => nodes.tracksElsewhere(node)),
    missedSome: (witness) =>
      [...carriers].some((node) => nodes.missed(witness, node, Math.max(lastGoodAt, bornAt), failedAt)),
    lostSome: (witness) =>
      [...carriers, ...(serverNode === null ? [] : [serverNode])].some((node) =>
        nodes.mayHaveMissed(witness, node, Math.max(lastGoodAt, bornAt), failedAt + slack),
      ),
  };
}

/** Without a known carrier any node's word is taken: better than nothing, and the node is named in the evidence. */
function ranHere(witness: NodeWitness, carriers: ReadonlySet<string>, nodes: NodeTimeline): boolean {
  if (carriers.size === 0) return nodes.ran(witness, null);
  return [...carriers].some((node) => nodes.ran(witness, node));
}
