// The mesh's agent under attack by those whom it probes. Each case has an agent of its own: one that was turned away again and again
// waits longer and longer before it comes to the next.
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
import { honestConnections } from './honest-coordinator.ts';
import { hostilePeers } from './hostile-peers.ts';
import { eventually } from './scene.ts';

/** How long each hostile thing is given to do its harm. */
const exposureMs = 500;
/** Bounds that are ours: a handful each second is what a peer that is restarted causes. */
const mostDialsPerConnection = 20;
const mostNewSeries = 200;
const mostLogBytes = 100_000;

attackGroup('the mesh agent and its peers', {
  prepare: closeSurroundings,
  async start() {
    const target = await startAttackedAgent();
    await probes(target);
    return target;
  },
  attacks: hostilePeers.map(({ name, serve }) => ({
    name: `a peer that ${name}`,
    async attack(target: AgentTarget, scene) {
      const { program, peers } = target;
      const series = (await seriesOf(target)).length;
      const log = program.written();
      scene.onEnd(() => peers.beHonest());
      peers.play(serve);
      await eventually('it comes', () => peers.accepted() > 0);
      await sleep(exposureMs);
      const dials = peers.accepted();
      assert.ok(
        dials <= mostDialsPerConnection * honestConnections,
        `${dials} connections in ${exposureMs} ms`,
      );
      const grown = (await seriesOf(target)).length - series;
      assert.ok(grown <= mostNewSeries, `${grown} more series`);
      const logged = program.written() - log;
      assert.ok(logged <= mostLogBytes, `${logged} bytes of log`);
    },
  })),
  works: probes,
  atOnce: 3,
});
