// The probe's server under attack.
import { attackGroup } from './attack-group.ts';
import { answersProbes, lineAttacks } from './line-attacks.ts';
import { startProbeServer } from './programs.ts';
import { openScene } from './scene.ts';

attackGroup('the probe server', {
  start: startProbeServer,
  attacks: lineAttacks,
  async works(target) {
    const scene = openScene();
    await answersProbes(target, scene);
    await scene.end();
  },
});
