// Which nodes a passage leads over, and how it ends.
import type { Crossing } from '../../../model/shown-connection.ts';
import type { Passage } from '../../run-view.ts';

export interface Sites {
  /** The client's node, and the server's when that is another one. */
  readonly nodes: readonly string[];
  readonly first: Crossing | undefined;
  /** The second entry on the client's own node: the packet came back over the VPC. */
  readonly again: Crossing | undefined;
  /** The entry on another node. */
  readonly beyond: Crossing | undefined;
}

export function sitesOf({ crossings }: Passage): Sites {
  const [first] = crossings;
  const beyond = crossings.find((crossing) => crossing.node !== first?.node);
  const nodes = [...new Set(crossings.map((crossing) => crossing.node))];
  return { nodes, first, again: againOnNode(crossings), beyond };
}

/** The second entry on the first node. */
export function againOnNode(crossings: readonly Crossing[]): Crossing | undefined {
  return crossings.slice(1).find((crossing) => crossing.node === crossings[0]?.node);
}

/** The packet arrives with a port that the server has no socket for. */
export function answeredByReset({ accepted, seen }: Passage): boolean {
  return accepted !== null && accepted.port !== seen.port;
}
