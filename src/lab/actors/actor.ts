// What the lab must know of a node's program to play it: what it changes, how often, and how to tell that to a person.
import type { ActorSpec } from '../../model/scenario.ts';
import type { Rhythm } from '../world/repeat.ts';

export interface Actor<Spec extends ActorSpec> {
  /** As its project calls it. */
  readonly name: string;
  /** At speed 1. It begins at a random moment of its period. */
  readonly pace: Rhythm;
  /** What it does each time, once. Rejects when the node's tools refuse. */
  act(spec: Spec): Promise<unknown>;
  /** The same in words, after the program's name, */
  about(spec: Spec): string;
  /** and as commands that a person could type. */
  commands(spec: Spec): readonly string[];
}
