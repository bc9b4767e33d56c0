// Nothing is judged before every node that is heard has told of it; who is silent for too long is waited for no more.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHeardUntil } from '../../../src/experiment/cluster-watch/heard-until.ts';

function heard() {
  let ms = 0;
  const until = createHeardUntil(1_000, () => ms);
  return { until, pass: (more: number) => void (ms += more) };
}

it('is the time up to which all nodes have told', () => {
  const { until } = heard();
  assert.equal(until.now(), undefined);
  until.heard('a', 100);
  until.heard('b', 40);
  assert.equal(until.now(), 40);
  until.heard('b', 120);
  assert.equal(until.now(), 100);
});

it('does not go back when a node comes that is behind', () => {
  const { until } = heard();
  until.heard('a', 100);
  assert.equal(until.now(), 100);
  until.heard('b', 10);
  assert.equal(until.now(), 100);
});

it('waits for a silent node only so long, says so once, and waits again when it speaks', () => {
  const { until, pass } = heard();
  until.heard('a', 100);
  until.heard('b', 100);
  pass(900);
  until.heard('a', 1_000);
  assert.deepEqual([until.silent(), until.now()], [[], 100]);
  pass(100);
  assert.deepEqual([until.silent(), until.now()], [['b'], 1_000]);
  assert.deepEqual(until.silent(), []);
  until.heard('b', 1_050);
  until.heard('a', 1_200);
  assert.equal(until.now(), 1_050);
  until.leave('b');
  assert.equal(until.now(), 1_200);
});
