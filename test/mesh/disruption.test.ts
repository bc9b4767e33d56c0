// Nodes that are lost, told from an API that has lost its nodes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDisruptionWatch } from '../../src/mesh/coordinator/disruption.ts';
import { createPlanWords } from '../../src/mesh/coordinator/plan-words.ts';
import type { MeshNode } from '../../src/mesh/plan/mesh-node.ts';
import type { LeftOutReason } from '../../src/model/mesh-plan.ts';

function nodes(...reasons: (LeftOutReason | null)[]): MeshNode[] {
  return reasons.map((leftOut, index) => ({
    name: `node-${index + 1}`,
    ...{ zone: '', leftOut, doubt: null, address: `10.0.0.${index + 1}`, port: 8_080 },
  }));
}
const lost = 'node-not-ready';
const planned = (some: readonly MeshNode[]) =>
  some.flatMap(({ name, leftOut }) => (leftOut === null ? [name] : []));
const doubted = (some: readonly MeshNode[]) =>
  some.flatMap(({ name, doubt }) => (doubt === null ? [] : [`${name} ${doubt}`]));

test('one node of two or three, and two of five, are lost', () => {
  const watch = createDisruptionWatch(() => 0);
  assert.deepEqual(planned(watch.judge(nodes(lost, null, null))), ['node-2', 'node-3']);
  assert.deepEqual(planned(watch.judge(nodes(lost, lost, null, null, null))), ['node-3', 'node-4', 'node-5']);
  assert.deepEqual(planned(watch.judge(nodes(lost, null))), ['node-2'], 'half is not most');
});

test('all at once, or most of them, are kept, and doubted', () => {
  for (const all of [
    nodes(lost),
    nodes(lost, lost),
    nodes(lost, lost, lost),
    nodes(lost, lost, null),
    nodes(lost, lost, lost, null),
  ]) {
    const judged = createDisruptionWatch(() => 0).judge(all);
    assert.equal(planned(judged).length, all.length);
    assert.deepEqual(
      doubted(judged),
      all.flatMap(({ name, leftOut }) => (leftOut === null ? [] : [`${name} ${lost}`])),
    );
  }
});

test('what was done on purpose, and a server that never ran, stay left out', () => {
  const [one, two, three] = nodes(lost, lost, lost);
  const judged = createDisruptionWatch(() => 0).judge([
    ...[one, two, three].flatMap((node) => node ?? []),
    { ...nodes(lost)[0]!, name: 'new', address: null },
    { ...nodes('node-deleting')[0]!, name: 'gone' },
  ]);
  assert.deepEqual(planned(judged), ['node-1', 'node-2', 'node-3']);
});

test('nodes come back before the API has heard so of their servers: these are waited for', () => {
  let now = 0;
  const watch = createDisruptionWatch(() => now);
  assert.equal(watch.againInMs(), null);
  watch.judge(nodes(lost, lost, lost));
  now = 10_000;
  const back = nodes('target-not-ready', lost, null);
  assert.deepEqual(planned(watch.judge(back)).length, 3);
  assert.equal(watch.againInMs(), 110_000);
  now = 120_000;
  assert.deepEqual(planned(watch.judge(back)), ['node-3']);
  assert.equal(watch.againInMs(), null);
});

test('the log says changes, and nothing twice', () => {
  const words = createPlanWords();
  assert.deepEqual(words.news(nodes(null, null, null)), ['Planned 3 nodes; 0 are left out.']);
  assert.deepEqual(words.news(nodes(null, null, null)), []);
  assert.deepEqual(words.news(nodes(null, 'node-cordoned', null)), [
    'Planned 2 nodes; 1 are left out (node-2 node-cordoned).',
  ]);
  assert.deepEqual(words.news(nodes('node-cordoned', null, null)), [
    'Planned 2 nodes; 1 are left out (node-1 node-cordoned).',
  ]);
  const held = createDisruptionWatch(() => 0).judge(nodes(lost, lost, lost));
  const said = words.news(held);
  assert.equal(said[0], 'Planned 3 nodes; 0 are left out.');
  assert.match(said[1] ?? '', /^The API calls 3 of 3 nodes.*they stay in the plan\.$/);
  assert.deepEqual(words.news(held), []);
  assert.match(words.news(nodes(null, null, null))[0] ?? '', /its word is the plan again/);
});
