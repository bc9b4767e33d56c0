// The mesh's agent under attack by who tells it whom to probe. Each case has an agent of its own: most of the time is the agent's pause
// before it asks again, which is longer the more often it was refused.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { attackGroup } from './attack-group.ts';
import {
  closeSurroundings,
  probes,
  seriesOf,
  startAttackedAgent,
  type AgentTarget,
} from './attacked-agent.ts';
import { impostors } from './impostors.ts';
import { eventually, within } from './scene.ts';

/** How long a plan is given to do its harm. */
const exposureMs = 500;
/** A bound that is ours. */
const mostAsked = 10;

attackGroup('the mesh agent and its coordinator', {
  prepare: closeSurroundings,
  start: startAttackedAgent,
  attacks: impostors.map(({ name, answer, isPlan }) => ({
    name: `a coordinator that answers ${name}`,
    async attack(target: AgentTarget) {
      const { program, coordinator, peers } = target;
      coordinator.play(answer(coordinator, peers.port));
      await eventually('it asks', () => coordinator.asked() > 0);
      // A plan that it takes is followed for a while; anything else is over when it has been read or given up.
      if (isPlan === true) await sleep(exposureMs);
      else await within(2_500, () => coordinator.finished() >= 1 || program.ending() !== null);
      assert.ok(coordinator.asked() <= mostAsked, `it asks ${coordinator.asked()} times`);
      if (program.ending() === null) await seriesOf(target);
      const strayed = coordinator.strayed();
      if (program.ending() === null) await coordinator.beHonest();
      assert.equal(strayed, 0, 'it goes nowhere but to servers');
    },
  })),
  works: probes,
  atOnce: 4,
});
