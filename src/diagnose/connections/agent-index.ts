// When the programs that write a node's rules and routes came and went: each loss asks for those of its own moment.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { NodeEvent } from '../../model/node-event.ts';

export type AgentChange = Extract<NodeEvent, { event: 'agent' }>;

export interface AgentIndex {
  /** Those that started or ended from `from` to `to` on one of the nodes, in order of time. Observers look for them once in a while. */
  around(from: Micros, to: Micros, nodes: ReadonlySet<string>): readonly AgentChange[];
}

/** @param told In order of time. */
export function indexAgents(told: readonly AgentChange[]): AgentIndex {
  const changes = told.flatMap((event) => (event.change === 'found' ? [] : [{ event, span: spanOf(event) }]));
  return {
    around: (from, to, nodes) =>
      changes.flatMap(({ event, span: [begin, end] }) =>
        end >= from && begin <= to && nodes.has(event.node) ? [event] : [],
      ),
  };
}

/** One that ended did so after it was last seen; one that started tells when, to the hundredth of a second. */
function spanOf({ change, at, startedAt, since }: AgentChange): [Micros, Micros] {
  if (change === 'started') return [parseMicros(startedAt), parseMicros(startedAt)];
  return [parseMicros(since ?? at), parseMicros(at)];
}
