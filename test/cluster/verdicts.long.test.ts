// `cluster run` against the fixture ends with the right verdict for recorded histories, and leaves nothing behind unless it is told to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyLogs, kubectlSkip, underTest } from './against-fixture.ts';
import { historyWords, testVerdict } from './recorded-verdict.ts';

testVerdict('none', [], { outcome: 'none', exitCode: 0, hit: [] });
testVerdict('both', [], { outcome: 'both', exitCode: 1, hit: ['co-located', 'remote'] });

test('with --keep everything stays, and cleanup lists and removes it', { skip: kubectlSkip }, async (t) => {
  const cluster = await underTest(t, { logs: await historyLogs('co-located') });
  const ended = await cluster.run(...historyWords, '--keep');
  // Not the outcome that a run without --expect wishes for.
  assert.equal(ended.exitCode, 1);
  const runId = /--run ([a-z0-9]{6})/.exec(ended.stderr)?.[1] ?? '';
  const kept = cluster.leftObjects();
  assert.ok(kept.includes(`Deployment/server-${runId}`), kept.join(' '));
  assert.ok(kept.includes(`Service/netdebug-${runId}`), kept.join(' '));

  const listed = await cluster.run('cleanup', '--dry-run');
  assert.match(listed.stdout, new RegExp(`${runId} +Deployment +default +remote-client-${runId}`));
  assert.deepEqual(cluster.leftObjects(), kept);

  const removed = await cluster.run('cleanup', '--run', runId);
  assert.equal(removed.exitCode, 0, removed.stderr);
  assert.match(removed.stdout, /All of it is removed/);
  assert.deepEqual(cluster.leftObjects(), []);
});
