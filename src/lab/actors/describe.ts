// An actor's changes as commands with their times, for --dry-run.
import type { ActorSpec } from '../../model/scenario.ts';
import { everyText } from '../world/repeat.ts';
import { actorOf } from './index.ts';

/** Who, when and what, then the commands. Ends with a newline. */
export function actorScript(spec: ActorSpec, speed: number): string {
  const { name, pace, ...actor } = actorOf(spec);
  const often = everyText(pace, speed);
  return [`# ${name} on ${spec.node}, ${often}, ${actor.about(spec)}:`, ...actor.commands(spec), ''].join(
    '\n',
  );
}
