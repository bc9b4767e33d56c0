// The mesh's agent under attack by a plan file, and at its metrics and health.
import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unusedPort } from '../probe/loopback.ts';
import { mib } from './attacked-program.ts';
import { attackGroup, type Attack } from './attack-group.ts';
import { closeSurroundings, probes, startAttackedAgent, type AgentTarget } from './attacked-agent.ts';
import { planOf, type Coordinator } from './honest-coordinator.ts';
import { httpAttacks } from './http-attacks.ts';
import { startAgent } from './programs.ts';

/** How long each file is given to do its harm. */
const exposureMs = 500;

/** An agent of its own, whose coordinator is away. */
const byPlanFile = (
  name: string,
  write: (file: string, where: Coordinator) => Promise<void>,
): Attack<AgentTarget> => ({
  name: `a plan file ${name}`,
  async attack({ peers, coordinator }, scene) {
    const folder = await mkdtemp(join(tmpdir(), 'netdebug-attack-'));
    scene.onEnd(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'plan.json');
    await write(file, coordinator);
    const before = coordinator.strayed();
    const { program } = await startAgent(`http://127.0.0.1:${await unusedPort()}`, peers.port, file);
    scene.onEnd(() => program.kill());
    await sleep(exposureMs);
    const peak = program.peakBytes() ?? Number.POSITIVE_INFINITY;
    assert.equal(program.ending(), null);
    assert.ok(peak <= program.limitBytes, `it takes ${mib(peak)} of ${mib(program.limitBytes)}`);
    assert.equal(coordinator.strayed(), before, 'it goes nowhere but to servers');
    assert.equal(program.rawControls(), 0, 'its log has no control characters');
    assert.equal(await program.terminate(), 0);
  },
});

const stray =
  (at: number) =>
  async (file: string, { forbidden }: Coordinator) => {
    const { address = '', port = 0 } = forbidden[at] ?? {};
    const one = {
      node: 'node-3',
      zone: '',
      class: 'cross-zone',
      path: 'pod-ip',
      address,
      port,
      connections: 1,
    } as const;
    await writeFile(file, JSON.stringify(planOf([one], 'from-file')));
  };

const byFiles = [
  byPlanFile('with a port that is no server’s', stray(0)),
  byPlanFile('with an address that is no server’s', stray(1)),
  byPlanFile('of 700 MB', async (file) => {
    await writeFile(file, '');
    // Sparse: nothing is written.
    await truncate(file, 700_000_000);
  }),
  byPlanFile('that is no JSON', (file) => writeFile(file, '\x1b[2J')),
];

attackGroup('the mesh agent', {
  prepare: closeSurroundings,
  start: startAttackedAgent,
  attacks: [...byFiles, ...httpAttacks],
  works: probes,
});
