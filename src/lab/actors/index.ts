// Every actor that changes a node while the world lives: an actor is its folder, its kind of ActorSpec and a line here.
import type { ActorSpec } from '../../model/scenario.ts';
import { everyText } from '../world/repeat.ts';
import type { Actor } from './actor.ts';
import { felix } from './felix/changes.ts';
import { netd } from './netd/changes.ts';

// kube-proxy has tables only: when a Service's endpoints change, a fault loads them anew.
const actors: { readonly [Kind in ActorSpec['kind']]: Actor<Extract<ActorSpec, { kind: Kind }>> } = {
  netd,
  felix,
};

/** What it is known to do. */
export const actorOf = (spec: ActorSpec): Actor<ActorSpec> => actors[spec.kind];

/** Who, how often and what, then that as commands, for --dry-run. Ends with a newline. */
export function actorScript(spec: ActorSpec, speed: number): string {
  const { name, pace, ...actor } = actorOf(spec);
  const about = `# ${name} on ${spec.node}, ${everyText(pace, speed)}, ${actor.about(spec)}:`;
  return [about, ...actor.commands(spec), ''].join('\n');
}
