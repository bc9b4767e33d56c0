// A coordinator that has a plan, and whether an agent gets it.
import assert from 'node:assert/strict';
import { meshPlanSchema } from '../../src/model/mesh-plan.ts';
import { ownNode, startCoordinator, type HttpTarget } from './programs.ts';
import { eventually } from './scene.ts';

export async function readyCoordinator(api: string): Promise<HttpTarget> {
  const target = await startCoordinator(api);
  const ready = async () => (await fetch(`http://127.0.0.1:${target.http}/readyz`)).ok;
  await eventually('it is ready', ready);
  return target;
}

/** The agent of one of its nodes gets a plan that names servers. */
export async function givesPlan({ http }: HttpTarget): Promise<void> {
  let targets = 0;
  await eventually('it gives a plan', async () => {
    const response = await fetch(`http://127.0.0.1:${http}/v1/plan/${ownNode}`, {
      signal: AbortSignal.timeout(5_000),
    });
    if (!response.ok) return false;
    targets = meshPlanSchema.parse(await response.json()).targets.length;
    return targets > 0;
  });
  assert.ok(targets > 0);
}
