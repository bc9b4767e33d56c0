// The mesh's server under attack: its line protocol, and its metrics and health.
import assert from 'node:assert/strict';
import { attackGroup, type Attack } from './attack-group.ts';
import { httpAttacks } from './http-attacks.ts';
import { answersProbes, lineAttacks } from './line-attacks.ts';
import { startMeshServer, type HttpTarget, type LineTarget } from './programs.ts';
import { openScene, send, untilStill } from './scene.ts';

/** With fewer addresses most would be turned away, which is another case. */
const addresses = 30;

const attacks: readonly Attack<LineTarget & HttpTarget>[] = [
  ...lineAttacks,
  {
    name: `3,000 peers at ${addresses} addresses with 250 kB of lines each who do not read the answers`,
    async attack({ port }, scene) {
      const sockets = await scene.dialMany(port, 3_000, addresses);
      const lines = Buffer.alloc(250_000, `${'x'.repeat(99)}\n`);
      assert.ok(sockets.filter(({ destroyed }) => !destroyed).length > 2_000, 'they are let in');
      await Promise.all(sockets.map((socket) => send(socket, lines, 1_500)));
      await untilStill(sockets);
    },
  },
  ...httpAttacks,
];

attackGroup('the mesh server', {
  start: startMeshServer,
  attacks,
  async works(target) {
    const scene = openScene();
    await answersProbes(target, scene);
    await scene.end();
  },
});
