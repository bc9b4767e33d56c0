// Runs a scenario's actors on their schedules, with seeded phase and jitter, until told to stop.
import { seededRandom } from '../../model/random.ts';
import type { ActorSpec } from '../../model/scenario.ts';
import { delays, startLoops, type Loops } from '../world/repeat.ts';
import { actorOf } from './index.ts';

/**
 * Starts one loop per actor. All periods are divided by `speed`. Each actor draws its phase and jitter from a
 * stream of its own, so that `seed` fixes when each acts, however the loops interleave.
 */
export function runActors(specs: readonly ActorSpec[], speed: number, seed: number): Loops {
  return startLoops(
    specs.map((spec, index) => {
      const random = seededRandom(seed * 1_000 + index);
      const actor = actorOf(spec);
      const firstMs = random.next() * actor.pace.everyMs;
      return [() => actor.act(spec), delays(firstMs, actor.pace, speed, random)];
    }),
  );
}
