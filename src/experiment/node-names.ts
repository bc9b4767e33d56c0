// What the nodes of evidence from several places are called: those of one place by their own names, those of two places never by one.
import { resolve } from 'node:path';
import type { NodeEvent } from '../model/node-event.ts';

export interface NodeNames {
  /** The name that a node of this place is shown by. A place is a path: of a run's folder, or of a file that lies by itself. */
  nameOf(place: string, node: string): string;
  /** The evidence of this place says which machine it watched. */
  watched(place: string, node: string, machine: string): void;
  /** One sentence for each name that several nodes have. */
  notes(): string[];
}

/**
 * Two machines may well have one name (`vm`, `kind-control-plane`), and so may two captures (`eth0.pcap`); little that is recorded
 * says of two places that they saw the same node. Taken for one, what the first did not see would count as seen by the second; and
 * what both saw would count twice, so that two that did watch the same machine are kept apart as well, and it is said.
 */
export function createNodeNames(): NodeNames {
  const places = new Map<string, Map<string, { readonly place: string; readonly name: string }>>();
  const taken = new Set<string>();
  const machines = new Map<string, string>();
  return {
    nameOf(place, node) {
      const namesakes = places.get(node) ?? new Map<string, { place: string; name: string }>();
      places.set(node, namesakes);
      const known = namesakes.get(resolve(place));
      if (known !== undefined) return known.name;
      let name = node;
      for (let number = 2; taken.has(name); number += 1) name = `${node} (${number})`;
      taken.add(name);
      namesakes.set(resolve(place), { place, name });
      return name;
    },
    watched: (place, node, machine) => void machines.set(`${resolve(place)} ${node}`, machine),
    notes: () =>
      [...places]
        .filter(([, { size }]) => size > 1)
        .map(([node, namesakes]) => {
          const all = [...namesakes.values()].map(({ place, name }) => `"${name}" is that of ${place}`);
          const seen = new Set([...namesakes.keys()].map((place) => machines.get(`${place} ${node}`)));
          const same = seen.size === 1 && !seen.has(undefined);
          const sameMachine = same ? '; all of them are of one machine, watched more than once' : '';
          return `${namesakes.size} nodes are named ${node}, and kept apart: ${all.join(', ')}${sameMachine}`;
        }),
  };
}

/** The event under the name that its node is shown by. */
export function renamed<E extends NodeEvent>(event: E, name: string): E {
  if (event.node === name) return event;
  // Counters and listeners of the node itself have its name as their scope.
  const scope = 'scope' in event && event.scope === event.node ? { scope: name } : {};
  return { ...event, node: name, ...scope };
}
