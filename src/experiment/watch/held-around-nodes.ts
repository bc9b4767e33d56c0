// What was told of no single connection, by every node that tells: held apart, since a witness' silence on one node says nothing of another.
import type { Micros } from '../../model/clock.ts';
import type { NodeEvent, SourceEvent } from '../../model/node-event.ts';
import { createHeldAround, type HeldAround } from './held-around.ts';

export interface HeldAroundNodes {
  take(event: NodeEvent): void;
  /** On this node a witness that reads at intervals has read all once more after that moment. */
  read(node: string, witness: string, until: Micros): void;
  /** As held-around.ts has it, of all nodes. */
  around: HeldAround['around'];
  forget(now: Micros): void;
  /** Whether it runs on any node, by its own word. */
  runs(source: string): boolean;
  /** Of each node that told anything. */
  nodes(): Iterable<HeldAround>;
  readonly sources: readonly SourceEvent[];
  /** Counts what was told that may change what is found. */
  readonly version: number;
}

export function createHeldAroundNodes(keepMs: number): HeldAroundNodes {
  const byNode = new Map<string, HeldAround>();
  const of = (node: string): HeldAround => {
    const known = byNode.get(node) ?? createHeldAround(node, keepMs);
    byNode.set(node, known);
    return known;
  };
  const all = () => [...byNode.values()];
  return {
    take: (event) => of(event.node).take(event),
    read: (node, witness, until) => of(node).read(witness, until),
    around: (addresses, from, counted) => {
      const asked = [...addresses];
      return all().flatMap((one) => one.around(asked, from, counted));
    },
    forget: (now) => all().forEach((one) => one.forget(now)),
    runs: (source) => all().some((one) => one.runs(source)),
    nodes: () => byNode.values(),
    get sources() {
      return all().flatMap(({ sources }) => sources);
    },
    get version() {
      return all().reduce((sum, { version }) => sum + version, 0);
    },
  };
}
