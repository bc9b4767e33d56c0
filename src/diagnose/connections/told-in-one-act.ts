// Where a node translates a connection between two pods of its own, each end has a tuple of its own, and without entries nothing joins
// them. On one kernel the end of both is one act: what the server's process sends is received before its system call goes on.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { shorter } from './ends-of-tuple.ts';
import type { TupleEvent } from './kernel-index.ts';
import type { NodeTimeline } from './node-timeline.ts';
import { between } from './time-range.ts';
import { isSameEnd } from './told-by-kernels.ts';

/** One system call closes one socket within. */
const oneAct: Micros = 1_000;

/** A line of the server's end, with that of the client's end which the same act brought about. */
export function pairedInOneAct(
  atServers: readonly TupleEvent[],
  atClients: readonly TupleEvent[],
  nodes: NodeTimeline,
): ReadonlyMap<TupleEvent, TupleEvent> {
  const begun = atServers.flatMap((event) => {
    const at = beginningOf(event, nodes);
    return at === null ? [] : [{ at, event, isServers: true }];
  });
  const received = atClients
    .filter(({ context }) => context === 'interrupt')
    .map((event) => ({ at: parseMicros(event.at), event, isServers: false }));
  const pairs = new Map<TupleEvent, TupleEvent>();
  const byThread = Map.groupBy([...begun, ...received], ({ event: { node, task } }) =>
    task === undefined || task === null ? null : `${node} ${task}`,
  );
  byThread.delete(null);
  for (const steps of byThread.values()) {
    steps.sort((a, b) => a.at - b.at);
    for (const [index, step] of steps.entries()) {
      const next = steps[index + 1];
      const isOne =
        step.isServers &&
        next?.isServers === false &&
        next.at - step.at <= oneAct &&
        // A pod keeps its address on the way to another of its node, and is given another port.
        next.event.tuple.src === step.event.tuple.dst;
      if (isOne) pairs.set(step.event, next.event);
    }
  }
  return pairs;
}

/** The line of a RST comes last: its socket was closed before, and the client heard of it between the two. */
function beginningOf(event: TupleEvent, nodes: NodeTimeline): Micros | null {
  const at = parseMicros(event.at);
  if (event.context !== 'process') return null;
  if (event.tracepoint === 'set-state') return at;
  if (event.tracepoint !== 'send-reset') return null;
  const closed = between(shorter(event.tuple, nodes.kernel.of), at - oneAct, at).findLast(
    (other) => other.tracepoint === 'set-state' && other.newState === 'CLOSE' && isSameEnd(other, event),
  );
  return closed === undefined ? null : parseMicros(closed.at);
}
