// How fast a peer that keeps no connection is dialled, by one slot and by many; time is by hand.
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { createPeerPace } from '../../src/mesh/agent/peer-pace.ts';
import { redialDelay } from '../../src/probe/redial-delay.ts';

test('the wait is nothing, then doubles from 50 ms up to 30 s, half of it by chance', () => {
  const least = () => 0;
  const most = () => 1;
  assert.deepEqual(
    [0, 1, 2, 3, 10, 11, 1_000_000].map((failures) => redialDelay(failures, most)),
    [0, 50, 100, 200, 25_600, 30_000, 30_000],
  );
  assert.deepEqual(
    [0, 1, 2, 11].map((failures) => redialDelay(failures, least)),
    [0, 25, 50, 15_000],
  );
});

/** Slots of one peer whose every connection fails at once, for as long as `fails` is true; dialled anew as a link does. */
function dialling(t: TestContext, slots: number) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const state = { now: 0, fails: true, dials: [] as number[] };
  const pace = createPeerPace(
    () => state.now,
    () => 0.5,
  );
  const failures = Array.from({ length: slots }, () => 0);
  const dial = (slot: number) => {
    pace.wait('peer', failures[slot] ?? 0, () => {
      state.dials.push(state.now);
      if (!state.fails) return;
      failures[slot] = (failures[slot] ?? 0) + 1;
      pace.failed('peer', state.now);
      dial(slot);
    });
  };
  for (let slot = 0; slot < slots; slot++) dial(slot);
  const pass = (milliseconds: number) => {
    for (const end = state.now + milliseconds; state.now < end;) {
      state.now += 1;
      t.mock.timers.tick(1);
    }
  };
  return { state, pace, pass };
}

describe('a peer that closes at once', () => {
  test('is dialled less and less by one slot', (t) => {
    const { state, pass } = dialling(t, 1);
    pass(1_000);
    assert.ok(state.dials.length >= 4 && state.dials.length <= 7, state.dials.join());
    pass(120_000);
    assert.ok(state.dials.length <= 17, state.dials.join());
  });

  test('is not dialled more by a hundred slots, once each has tried', (t) => {
    const { state, pass } = dialling(t, 100);
    pass(50);
    const first = state.dials.length;
    assert.ok(first <= 110, String(first));
    pass(120_000);
    assert.ok(state.dials.length <= first + 17, String(state.dials.length));
  });

  test('is dialled by all who wait soon after one connection has proven itself', (t) => {
    const { state, pace, pass } = dialling(t, 10);
    pass(120_000);
    state.fails = false;
    const before = state.dials.length;
    pace.proved('peer');
    pass(1_000);
    assert.equal(state.dials.length - before, 10);
  });
});

test('a slot whose connection lasted dials at once, again and again', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const pace = createPeerPace(
    () => 0,
    () => 0.5,
  );
  let dials = 0;
  for (let round = 0; round < 5; round++) {
    pace.wait('peer', 0, () => (dials += 1));
    t.mock.timers.tick(1);
    pace.proved('peer');
  }
  assert.equal(dials, 5);
});

test('who is called off does not dial, and one peer’s failures are not another’s', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const pace = createPeerPace(
    () => 0,
    () => 0.5,
  );
  for (let failures = 0; failures < 10; failures++) pace.failed('bad', 0);
  const dialled: string[] = [];
  pace.wait('bad', 10, () => dialled.push('bad'))();
  pace.wait('good', 0, () => dialled.push('good'));
  t.mock.timers.tick(60_000);
  assert.deepEqual(dialled, ['good']);
});
