// `cluster run` against the fixture ends with the right verdict for recorded histories, and leaves nothing behind.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { historyLogs, kubectlSkip, recordOf, underTest } from './against-fixture.ts';

const words = ['run', '--json', '--period', '200ms', '--max-rate', '1000', '--duration', '20s'];

async function resetsIn(file: string): Promise<number> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  const events = lines.map((line) => JSON.parse(line) as { event: string; failure?: string });
  return events.filter((event) => event.event === 'failed' && event.failure === 'reset').length;
}

for (const [history, outcome, exitCode] of [
  ['co-located', 'co-located-only', 1],
  ['none', 'none', 0],
  ['both', 'both', 1],
] as const) {
  test(`the recorded history "${history}" is judged ${outcome}`, { skip: kubectlSkip }, async (t) => {
    const cluster = await underTest(t, { logs: await historyLogs(history) });
    const ended = await cluster.run(...words);
    const record = recordOf(ended);
    assert.equal(record.verdict.outcome, outcome, record.verdict.sentence);
    assert.equal(ended.exitCode, exitCode);
    assert.equal(record.kind, 'cluster');
    assert.equal(record.complete, true);
    const hit = record.classes.filter((one) => one.resets > 0).map((one) => one.name);
    assert.deepEqual(
      hit,
      history === 'none' ? [] : history === 'both' ? ['co-located', 'remote'] : ['co-located'],
    );
    assert.deepEqual(record, JSON.parse(await readFile(join(cluster.home, 'run/run.json'), 'utf8')));
    const total = record.classes.reduce((sum, one) => sum + one.resets, 0);
    assert.equal(await resetsIn(join(cluster.home, 'run/events.ndjson')), total);
    assert.deepEqual(cluster.leftObjects(), []);
  });
}

test('with --expect the recorded outcome ends with 0', { skip: kubectlSkip }, async (t) => {
  const cluster = await underTest(t, { logs: await historyLogs('co-located') });
  assert.equal((await cluster.run(...words, '--expect', 'co-located-only')).exitCode, 0);
});

test('with --keep everything stays, and cleanup lists and removes it', { skip: kubectlSkip }, async (t) => {
  const cluster = await underTest(t, { logs: await historyLogs('co-located') });
  const ended = await cluster.run(...words, '--keep');
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
