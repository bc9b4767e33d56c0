import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runFaults } from '../../../src/lab/faults/run-faults.ts';
import { delays } from '../../../src/lab/world/repeat.ts';
import type { FaultAction, FaultSpec } from '../../../src/model/fault.ts';
import { seededRandom } from '../../../src/model/random.ts';

const stopAndGo: FaultSpec = {
  about: 'a program stops and goes on',
  ...{ firstMs: 10, everyMs: 20, jitterMs: 10 },
  steps: [
    { afterMs: 0, actions: [{ do: 'signal', program: 'a', signal: 'SIGSTOP' }] },
    {
      afterMs: 5,
      actions: [
        { do: 'signal', program: 'a', signal: 'SIGCONT' },
        { do: 'start', program: 'b' },
      ],
    },
  ],
};

function take(seed: number, speed: number): number[] {
  const times = delays(stopAndGo.firstMs, stopAndGo, speed, seededRandom(seed));
  return Array.from({ length: 50 }, () => times.next().value);
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, 'waited in vain');
    await sleep(1);
  }
}

it('the seed fixes when a fault happens, within its jitter', () => {
  const [first, ...later] = take(7, 1);
  assert.equal(first, 10);
  for (const delay of later) assert.ok(delay >= 20 && delay < 30, String(delay));
  assert.deepEqual(take(7, 1), [first, ...later]);
  assert.notDeepEqual(take(8, 1), [first, ...later]);
});

it('speed divides every time alike', () => {
  assert.deepEqual(
    take(7, 2),
    take(7, 1).map((delay) => delay / 2),
  );
});

it('a fault happens step by step, again and again, and not after it was stopped', async () => {
  const done: string[] = [];
  const said: string[] = [];
  const faults = runFaults([stopAndGo], {
    ...{ speed: 1, seed: 1 },
    programs: {
      start: (name) => Promise.resolve(void done.push(`start ${name}`)),
      signal: (name, signal) => Promise.resolve(void done.push(`${signal} ${name}`)),
    },
    onAction: (text) => void said.push(text),
  });
  await until(() => done.length >= 6);
  await faults.stop();
  const count = done.length;
  assert.deepEqual(done.slice(0, 6), [
    'SIGSTOP a',
    'SIGCONT a',
    'start b',
    'SIGSTOP a',
    'SIGCONT a',
    'start b',
  ]);
  assert.deepEqual(said.slice(0, 3), ['kill -STOP a', 'kill -CONT a', 'start b']);
  assert.equal(done.length, count);
});

it('an action that fails is the failure of the faults', async () => {
  const broken = {
    ...stopAndGo,
    steps: [{ afterMs: 0, actions: [{ do: 'start', program: 'x' }] as FaultAction[] }],
  };
  const faults = runFaults([broken], {
    ...{ speed: 1, seed: 1 },
    programs: { start: () => Promise.reject(new Error('no such program')), signal: () => Promise.resolve() },
    onAction: () => undefined,
  });
  await assert.rejects(faults.failed, /no such program/);
  await faults.stop();
});
