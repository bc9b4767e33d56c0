// The way of a packet is told from real evidence: that of the recorded runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRun } from '../../../src/experiment/read-run.ts';
import { recordedRun } from '../recorded.ts';

test('a reset connection is told in both states of the rule, and the server knows the port of one of them', async () => {
  const { journey } = await readRun(recordedRun('default'));
  assert.equal(journey?.shown?.class, 'co-located');
  const [present, absent] = journey.passages;
  assert.equal(present?.rulePresent, true);
  assert.equal(absent?.rulePresent, false);
  assert.deepEqual(
    present.crossings.map((crossing) => crossing.node),
    ['node-1', 'node-1'],
  );
  assert.equal(absent.crossings.length, 1);
  assert.notEqual(present.seen.port, absent.seen.port);
  assert.equal(absent.seen.port, absent.client.port);
  const known = [present, absent].filter((state) => state.accepted?.port === state.seen.port);
  assert.equal(known.length, 1);
});

test('a run without resets tells an ordinary connection of each class that is compared', async () => {
  const { journey } = await readRun(recordedRun('none'));
  assert.equal(journey?.shown, null);
  const [coLocated, remote] = journey.passages;
  assert.deepEqual(
    coLocated!.crossings.map((crossing) => crossing.node),
    ['node-1', 'node-1'],
  );
  assert.deepEqual(
    remote!.crossings.map((crossing) => crossing.node),
    ['node-2', 'node-1'],
  );
  assert.equal(remote!.accepted?.port, remote!.client.port);
});

test('every episode of the recorded run has a rule change of its own node just before it', async () => {
  const { episodes, lanes } = await readRun(recordedRun('default'));
  const nodeOf = new Map(
    lanes.flatMap((lane) => lane.changes.map((change) => [change.id, `${lane.node} ${lane.kind}`])),
  );
  assert.equal(episodes.length, 8);
  for (const episode of episodes) {
    assert.ok(episode.before.length > 0);
    assert.deepEqual([...new Set(episode.before.map((id) => nodeOf.get(id)))], ['node-1 rule']);
  }
});
