// Worlds do not share anything.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { labRun, labSkip } from './netdebug.ts';

it('two runs at once do not meet', { skip: await labSkip() }, async (t) => {
  const words = ['--duration', '3s', '--expect', 'any', '--without', 'network-policy'];
  const runs = await Promise.all([labRun(t, ...words), labRun(t, ...words)]);
  for (const { exitCode, record } of runs) {
    assert.equal(exitCode, 0);
    for (const one of record.classes) {
      assert.equal(one.connections, 4);
      assert.ok(one.probes > 0);
      assert.equal(one.resets, 0);
    }
  }
});
