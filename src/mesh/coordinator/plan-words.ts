// What the coordinator's log says of its plan: only what has changed since it last said something.
import type { MeshNode } from '../plan/mesh-node.ts';

export interface PlanWords {
  /** Lines to log about a new plan; none when it is, node by node, what was said before. */
  news(nodes: readonly MeshNode[]): string[];
}

/** So many are named; a large cluster's list belongs to /v1/coverage. */
const mostNamed = 5;

export function createPlanWords(): PlanWords {
  let said = '';
  let held = 0;
  return {
    news(nodes) {
      const out = nodes.filter(({ leftOut }) => leftOut !== null);
      const reasons = out.map(({ name, leftOut }) => `${name} ${leftOut ?? ''}`);
      const key = `${nodes.length - out.length} ${reasons.join()}`;
      const lines: string[] = [];
      if (key !== said) {
        const named = reasons.slice(0, mostNamed).join(', ');
        const more = reasons.length > mostNamed ? ', …' : '';
        const which = reasons.length === 0 ? '' : ` (${named}${more})`;
        lines.push(`Planned ${nodes.length - out.length} nodes; ${out.length} are left out${which}.`);
      }
      const heldNow = heldNodes(nodes).length;
      if (heldNow > 0 && held === 0) {
        lines.push(
          `The API calls ${heldNow} of ${nodes.length} nodes, or their servers, not ready at once: that is taken for a fault of the API, and they stay in the plan.`,
        );
      } else if (heldNow === 0 && held > 0) {
        lines.push('The API calls the nodes ready again: its word is the plan again.');
      }
      said = key;
      held = heldNow;
      return lines;
    },
  };
}

/** Nodes that are planned against the API's word. */
export function heldNodes(nodes: readonly MeshNode[]): MeshNode[] {
  return nodes.filter(({ doubt }) => doubt !== null);
}
