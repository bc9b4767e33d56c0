// Every actor that changes a node while the world lives: an actor is its folder, its kind of ActorSpec and a line here.
import type { ActorSpec } from '../../model/scenario.ts';
import type { Actor } from './actor.ts';
import { felix } from './felix/changes.ts';
import { netd } from './netd/changes.ts';

// kube-proxy has tables only: in no scenario does a Service change.
const actors: { readonly [Kind in ActorSpec['kind']]: Actor<Extract<ActorSpec, { kind: Kind }>> } = {
  netd,
  felix,
};

/** Who plays it. */
export const actorOf = (spec: ActorSpec): Actor<ActorSpec> => actors[spec.kind];
