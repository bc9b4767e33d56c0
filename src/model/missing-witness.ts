// A witness that was asked for and did not see, or not all of it; said while a run lasts, in its record and in its reports.
import type { NodeEvent, SourceEvent } from './node-event.ts';
import { z } from './schema.ts';

const states = ['unavailable', 'failed', 'limited'] as const;

export const missingWitnessSchema = z.object({
  node: z.string(),
  /** The `source` of its events; `observer` for all of the node's. */
  witness: z.string(),
  /** `unavailable`: it never ran. `failed`: it ended before its time. `limited`: it ran, and had to leave something out. */
  state: z.enum(states),
  reason: z.string(),
});
export type MissingWitness = z.infer<typeof missingWitnessSchema>;

type SaidOfItself = Pick<SourceEvent, 'source' | 'state' | 'text'>;

/** What a source's word means for the run; undefined for one that runs or ended in order. */
export function missingWitness(node: string, said: SaidOfItself): MissingWitness | undefined {
  const state = states.find((one) => one === said.state);
  if (state === undefined) return undefined;
  return { node, witness: said.source, state, reason: said.text.replace(/\s+/g, ' ').trim() };
}

/** All that the events tell of; what a source said again with other numbers is told as it was said last. */
export function missingWitnesses(events: Iterable<NodeEvent>): MissingWitness[] {
  const found = new Map<string, MissingWitness>();
  for (const event of events) {
    const missing = event.event === 'source' ? missingWitness(event.node, event) : undefined;
    if (missing === undefined) continue;
    const { node, witness, reason } = missing;
    found.set(`${node} ${witness} ${reason.replace(/[0-9]+/g, '#')}`, missing);
  }
  return [...found.values()];
}

/** One for each, but for nodes that miss the same: `node-1, node-2: capture is missing: tcpdump is not installed` */
export function missingSentences(all: readonly MissingWitness[]): string[] {
  const alike = Map.groupBy(all, ({ witness, state, reason }) => JSON.stringify([witness, state, reason]));
  return [...alike.values()].flatMap((group) =>
    group.slice(0, 1).map((one) => missingSentence({ ...one, node: nodesOf(group) })),
  );
}

/** The same, with all that the same nodes miss in one. */
export function missingLines(all: readonly MissingWitness[]): string[] {
  const byNodes = Map.groupBy(missingSentences(all), (sentence) => sentence.slice(0, sentence.indexOf(': ')));
  return [...byNodes].map(
    ([nodes, sentences]) =>
      `${nodes}: ${sentences.map((sentence) => sentence.slice(nodes.length + 2)).join('. ')}`,
  );
}

const nodesOf = (group: readonly MissingWitness[]) =>
  group
    .map(({ node }) => node)
    .sort()
    .join(', ');

/** `node-1: capture is missing: tcpdump is not installed` */
export function missingSentence({ node, witness, state, reason }: MissingWitness): string {
  const words = { unavailable: 'is missing', failed: 'ended', limited: 'does not see everything' } as const;
  return `${node}: ${witness} ${words[state]}: ${reason}`;
}
