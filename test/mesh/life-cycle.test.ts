// What is being done to a node, a server or the agent itself is no failure of the network.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createHoldBack } from '../../src/mesh/agent/hold-back.ts';
import { afterStallMs, exclusionFor, type Knowledge } from '../../src/mesh/agent/exclusion.ts';
import { createIsolationWatch } from '../../src/mesh/agent/isolation-watch.ts';
import { createLeftOutMemory } from '../../src/mesh/agent/left-out-memory.ts';
import { createResetCounter } from '../../src/mesh/agent/reset-counter.ts';
import { announcementIn, farewell, greeting } from '../../src/mesh/announcements.ts';
import { createClusterState } from '../../src/mesh/coordinator/cluster-state.ts';
import { leftOutReasons } from '../../src/model/mesh-plan.ts';
import { responseText } from '../../src/probe/response-text.ts';

const nothing: Knowledge = {
  ...{ stoppingSinceMs: null, stalls: [], target: null, own: null },
  ...{ doubted: false, isolated: false },
};
const plain = { atMs: 100_000, loopDelayMs: 1, farewell: false, wasReset: false, answeredBefore: true };

describe('a failure', () => {
  test('counts when nothing is known that explains it', () => {
    assert.equal(exclusionFor(plain, nothing), null);
  });
  for (const reason of leftOutReasons) {
    test(`is left out when the target, or the own node, was ${reason}`, () => {
      assert.equal(exclusionFor(plain, { ...nothing, target: reason }), reason);
      assert.equal(exclusionFor(plain, { ...nothing, own: reason }), reason);
    });
  }
  test('is left out after a farewell, and while the agent is being stopped, but not before', () => {
    assert.equal(exclusionFor({ ...plain, farewell: true }, nothing), 'own-rollout');
    assert.equal(exclusionFor(plain, { ...nothing, stoppingSinceMs: 99_000 }), 'own-rollout');
    assert.equal(exclusionFor(plain, { ...nothing, stoppingSinceMs: 101_000 }), null);
  });
  test('is left out during a stall and shortly after it, not long after', () => {
    const stall = (toMs: number) => ({ ...nothing, stalls: [{ fromMs: toMs - 2_000, toMs }] });
    assert.equal(exclusionFor(plain, stall(100_500)), 'own-stall');
    assert.equal(exclusionFor(plain, stall(100_000 - afterStallMs)), 'own-stall');
    assert.equal(exclusionFor(plain, stall(100_000 - afterStallMs - 1)), null);
    assert.equal(exclusionFor({ ...plain, loopDelayMs: 1_500 }, nothing), 'own-stall');
  });
});

test('a failure before the first answer is no lost connection', () => {
  assert.equal(exclusionFor({ ...plain, answeredBefore: false }, nothing), 'before-first-answer');
});

test('what a doubted API says of a node explains silence, and no RST', () => {
  const doubted = { ...nothing, doubted: true };
  assert.equal(exclusionFor(plain, doubted), 'node-in-doubt');
  assert.equal(exclusionFor({ ...plain, wasReset: true }, doubted), null);
  assert.equal(exclusionFor(plain, { ...doubted, target: 'node-not-ready' }), 'node-not-ready');
});

test('what failed while the own node was cut off does not count', () => {
  assert.equal(exclusionFor(plain, { ...nothing, isolated: true }), 'own-isolation');
});

/** A hold-back by hand: its clock, what it has settled, and until when there is news. */
function holding(waitMs = 10_000, mostWaiting = 100, mostHeld = 100) {
  const state = { now: 0, heard: null as number | null };
  const settled: number[] = [];
  const forced: number[] = [];
  const held = createHoldBack<{ atMs: number }>(
    { holdMs: 1_000, waitMs, mostWaiting, mostHeld },
    {
      nowMs: () => state.now,
      heardMs: () => state.heard,
      async settle({ atMs }, last) {
        await Promise.resolve();
        if (!last && (state.heard ?? -1) <= atMs) return false;
        settled.push(atMs);
        if (last) forced.push(atMs);
        return true;
      },
    },
  );
  const at = async (now: number, heard: number | null) => {
    Object.assign(state, { now, heard });
    held.tick();
    for (let turns = 0; turns < 10; turns++) await new Promise(setImmediate);
  };
  return { held, settled, forced, at };
}

test('failures are held back in their order until their time has come', async () => {
  const { held, settled, at } = holding();
  held.put({ atMs: 0 });
  held.put({ atMs: 500 });
  await at(999, 999);
  assert.deepEqual(settled, []);
  await at(1_000, 1_000);
  assert.deepEqual([settled, held.size()], [[0], 1]);
  await at(2_000, 2_000);
  assert.deepEqual(settled, [0, 500]);
});

test('failures wait for a coordinator that is away, and are settled in their order when it is back', async () => {
  const { held, settled, forced, at } = holding();
  for (const atMs of [0, 500, 3_000]) held.put({ atMs });
  await at(2_000, null);
  assert.deepEqual([settled, held.size()], [[], 3]);
  await at(2_500, 300);
  assert.deepEqual(settled, [0]);
  await at(5_000, 4_500);
  assert.deepEqual([settled, forced], [[0, 500, 3_000], []]);
});

test('failures do not wait for ever, nor without number: what is known then decides', async () => {
  const { held, settled, forced, at } = holding(10_000, 3);
  for (let atMs = 0; atMs < 5; atMs++) held.put({ atMs });
  await at(2_000, null);
  assert.deepEqual([settled, forced, held.size()], [[0, 1], [0, 1], 3]);
  await at(11_003, null);
  assert.deepEqual([settled, held.size()], [[0, 1, 2, 3], 1]);
});

test('more failures than can be held are settled before their time, the oldest first', async () => {
  const { held, settled, at } = holding(10_000, 100, 3);
  for (let atMs = 0; atMs < 5; atMs++) held.put({ atMs });
  await at(10, 10);
  assert.deepEqual([settled, held.size()], [[0, 1], 3]);
});

describe('a node is taken to be cut off', () => {
  /** An agent that has connections to others: its clock, and whether it could reach a coordinator elsewhere. */
  function watching() {
    const state = { now: 0, reached: false, asked: 0 };
    const watch = createIsolationWatch(
      1_000,
      () => state.now,
      () => {
        state.asked += 1;
        return Promise.resolve(state.reached);
      },
    );
    const at = async (now: number, reached: boolean, expected = true) => {
      Object.assign(state, { now, reached });
      watch.tick(expected);
      await new Promise(setImmediate);
    };
    return { state, watch, at };
  }

  test('while no other node answers and no coordinator can be reached', async () => {
    const { state, watch, at } = watching();
    watch.answered();
    await at(999, false);
    assert.deepEqual([state.asked, watch.overlaps(0, 999)], [0, false]);
    await at(1_000, false);
    assert.equal(watch.overlaps(900, 1_000), true);
    state.now = 100_000;
    watch.answered();
    assert.equal(watch.overlaps(99_000, 100_000), true);
    assert.equal(watch.overlaps(100_001, 100_500), false);
  });
  test('not while the coordinator answers, though all others are silent', async () => {
    const { watch, at } = watching();
    await at(1_000, true);
    await at(2_000, true);
    assert.equal(watch.overlaps(0, 2_000), false);
  });
  test('not while others answer, though the coordinator is away', async () => {
    const { state, watch, at } = watching();
    for (let now = 500; now < 5_000; now += 500) {
      state.now = now;
      watch.answered();
      await at(now, false);
    }
    assert.deepEqual([state.asked, watch.overlaps(0, 5_000)], [0, false]);
  });
  test('not where there is nobody else to answer', async () => {
    const { watch, at } = watching();
    await at(5_000, false, false);
    assert.equal(watch.overlaps(0, 5_000), false);
  });
});

test('news of a node is remembered for failures before and after it', () => {
  let now = 0;
  const memory = createLeftOutMemory(() => now);
  memory.now([{ node: 'a', reason: 'node-cordoned' }]);
  assert.equal(memory.since('a', 0), 'node-cordoned');
  now = 60_000;
  memory.now([]);
  assert.equal(memory.since('a', 30_000), 'node-cordoned');
  assert.equal(memory.since('a', 61_000), null);
  memory.heard('b', 'target-deleted');
  assert.equal(memory.since('b', 61_000), 'target-deleted');
});

test('plans that name other nodes each time are not all remembered', () => {
  let now = 0;
  const memory = createLeftOutMemory(() => now);
  const named = (round: number) =>
    Array.from({ length: 2_000 }, (_, index) => ({
      ...{ node: `node-${round}-${index}`, reason: 'node-cordoned' as const },
    }));
  for (let round = 0; round < 20; round++) {
    now += 1_000;
    memory.now(named(round));
  }
  assert.equal(memory.size(), 12_000);
  assert.equal(memory.since('node-19-0', now), 'node-cordoned');
  assert.equal(memory.since('node-18-0', now - 1_000), 'node-cordoned');
  assert.equal(memory.since('node-0-0', 0), null);
});

test('resets with one trigger are one episode, of each class and path on its own', () => {
  const counted: string[] = [];
  const counter = createResetCounter(1_000, {
    reset: ({ class: where, path }) => counted.push(`reset ${where} ${path}`),
    episode: ({ class: where, path }) => counted.push(`episode ${where} ${path}`),
  });
  const pair = { source: 'a', target: 'b', class: 'same-node', path: 'service' } as const;
  for (const atMs of [0, 900, 1_800, 2_801]) counter.count(pair, atMs);
  counter.count({ ...pair, path: 'pod-ip' }, 2_802);
  assert.equal(counted.filter((what) => what === 'episode same-node service').length, 2);
  assert.equal(counted.filter((what) => what === 'reset same-node service').length, 4);
  assert.equal(counted.filter((what) => what === 'episode same-node pod-ip').length, 1);
});

test('what a server says of itself is read from what the client logs of it, and nothing else is', () => {
  const logged = (line: Buffer) => announcementIn(responseText(line.subarray(0, -1)));
  assert.deepEqual(logged(greeting('node-1.example')), { says: 'node', node: 'node-1.example' });
  assert.deepEqual(logged(farewell), { says: 'leaving' });
  assert.equal(announcementIn('Response from server: "You said: Server says: leaving"'), undefined);
});

describe('a node in the API', () => {
  const node = (name: string, more: object = {}, ready = 'True') => ({
    metadata: { name, labels: { 'topology.kubernetes.io/zone': 'a' } },
    status: { conditions: [{ type: 'Ready', status: ready }] },
    ...more,
  });
  const slice = (conditions: object) => ({
    metadata: { name: 'slice-1' },
    ports: [{ port: 8_080 }],
    endpoints: [{ addresses: ['10.0.0.1'], nodeName: 'n', conditions }],
  });
  const stateOf = (object: object, conditions: object = { ready: true }) => {
    const state = createClusterState(() => 0);
    state.nodes.reset([object]);
    state.slices.reset([slice(conditions)]);
    return state.view()[0];
  };

  test('that is well is in the plan, with its zone and its server', () => {
    assert.deepEqual(stateOf(node('n')), {
      name: 'n',
      zone: 'a',
      leftOut: null,
      doubt: null,
      address: '10.0.0.1',
      port: 8_080,
    });
  });
  const cases: [what: string, object: object, conditions: object, reason: string][] = [
    ['cordoned', node('n', { spec: { unschedulable: true } }), { ready: true }, 'node-cordoned'],
    ['not ready', node('n', {}, 'Unknown'), { ready: true }, 'node-not-ready'],
    [
      'deleted',
      node('n', { metadata: { name: 'n', deletionTimestamp: 'now' } }),
      { ready: true },
      'node-deleting',
    ],
    [
      'scaled down',
      node('n', { spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler' }] } }),
      { ready: true },
      'node-deleting',
    ],
    ['without its server', node('other'), { ready: true }, 'target-deleted'],
    ['with a server that is not ready', node('n'), { ready: false }, 'target-not-ready'],
    ['with a server that ends', node('n'), { ready: true, terminating: true }, 'target-deleted'],
  ];
  for (const [what, object, conditions, reason] of cases) {
    test(`that is ${what} is left out`, () => {
      assert.equal(stateOf(object, conditions)?.leftOut, reason);
    });
  }
  test('that is gone is remembered for ten minutes, so that those who lost it can ask', () => {
    let now = 0;
    const state = createClusterState(() => now);
    state.nodes.reset([node('n'), node('m')]);
    state.nodes.remove(node('n'));
    assert.deepEqual(
      state.view().map(({ name, leftOut }) => [name, leftOut]),
      [
        ['m', 'target-deleted'],
        ['n', 'node-deleting'],
      ],
    );
    now = 10 * 60_000 + 1;
    assert.deepEqual(
      state.view().map(({ name }) => name),
      ['m'],
    );
  });
});
