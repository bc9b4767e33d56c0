// What `netdebug lab` does with a scenario that this machine's kernel cannot run: a recorded run is shown as one, and never passed off as ours.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findScenario } from '../../src/lab/scenarios/index.ts';
import { lackingHere } from '../../src/lab/world/kernel-parts.ts';
import { whyNoNamespaces } from '../../src/lab/world/namespaces.ts';
import { netdebug } from '../lab-live/netdebug.ts';

const name = 'ipvs-entry-expired';
const noLab = await whyNoNamespaces(process.getuid?.() === 0);
const lacking = noLab === null ? await lackingHere(findScenario(name)) : null;
const skip = noLab ?? (lacking === null ? 'this kernel has IPVS: the scenario is run' : false);

describe('a scenario that this kernel cannot run', { skip }, () => {
  it('lab run: the recorded run’s diagnosis, headed as such, and an exit code that says nothing of this machine', async () => {
    const { exitCode, stdout, stderr } = await netdebug('lab', 'run', name);
    assert.equal(exitCode, 2, stderr);
    assert.ok(stderr.includes(lacking ?? ''), stderr);
    assert.match(stdout, /^Recorded on another machine, and not run here:\n/);
    assert.match(stdout, /^4 connections were reset\.$/m);
    assert.match(stdout, /^ {2}why {3}ipvs-entry-expired\b/m);
  });

  const notRecorded: readonly (readonly string[])[] = [
    ['lab', 'run', name, '--fix', 'longer-timeout'],
    ['lab', 'run', name, '--variant', 'without-conntrack'],
    ['lab', 'run', name, '--json'],
    ['lab', 'matrix', name],
  ];
  for (const words of notRecorded)
    it(`${words.join(' ')}: what is missing, in one sentence, and 69`, async () => {
      const { exitCode, stdout, stderr } = await netdebug(...words);
      assert.equal(exitCode, 69, stderr);
      assert.ok(stderr.includes(lacking ?? ''), stderr);
      assert.equal(stdout, '');
    });
});
