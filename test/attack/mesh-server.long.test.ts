// The mesh's server under attack: its line protocol, and its metrics and health.
import { attackGroup, type Attack } from './attack-group.ts';
import { httpAttacks } from './http-attacks.ts';
import { answersProbes, lineAttacks } from './line-attacks.ts';
import { startMeshServer, type HttpTarget, type LineTarget } from './programs.ts';
import { openScene } from './scene.ts';

const attacks: readonly Attack<LineTarget & HttpTarget>[] = [...lineAttacks, ...httpAttacks];

attackGroup('the mesh server', {
  start: startMeshServer,
  attacks,
  async works(target) {
    const scene = openScene();
    await answersProbes(target, scene);
    await scene.end();
  },
});
