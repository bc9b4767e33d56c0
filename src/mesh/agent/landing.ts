// Where a connection really is, as far as the plan or the coordinator vouches for it: a server's own word alone names nobody.
import type { MeshTarget } from '../../model/mesh-plan.ts';

export interface Landing {
  /** Empty when nobody says, or nobody vouches for it. */
  readonly node: string;
  /** What series call it: a node of the plan, empty when nobody says, or one of the two below. */
  readonly label: string;
  readonly class: MeshTarget['class'];
}

/** Said by a server of which neither the plan nor the coordinator knows. No node can have this name. */
const unexpectedLabel = 'unexpected server';
/** A node of the cluster that this agent's plan does not name: to the Service of all servers each of thousands belongs. */
const otherLabel = 'another node';

export function unexpected(target: MeshTarget): Landing {
  return { node: '', label: unexpectedLabel, class: target.class };
}

export function onAnotherNode(node: string, meshClass: Landing['class']): Landing {
  return { node, label: otherLabel, class: meshClass };
}

/** It is the server that the plan names, or one that the coordinator vouches for. */
export function isExpected({ node }: Landing): boolean {
  return node !== '';
}
