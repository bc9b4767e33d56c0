// The schedule runs what is due, in order, once, and can be changed at any time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSchedule } from '../../src/probe/schedule.ts';
import { manualTime } from './manual-time.ts';

interface Item {
  readonly name: string;
  dueMs: number;
  bucket: object | null;
}

function item(name: string): Item {
  return { name, dueMs: 0, bucket: null };
}

test('items run at their time and in their order, whatever the order of putting', (t) => {
  const time = manualTime(t);
  const ran: string[] = [];
  const schedule = createSchedule<Item>(time.clock, ({ name }) =>
    ran.push(`${name}@${time.clock.monotonic()}`),
  );
  schedule.put(item('late'), 30);
  schedule.put(item('early'), 10);
  schedule.put(item('middle'), 20);
  time.pass(9);
  assert.deepEqual(ran, []);
  time.pass(50);
  assert.deepEqual(ran, ['early@10', 'middle@20', 'late@30']);
});

test('an item that is put again waits for the new time only', (t) => {
  const time = manualTime(t);
  const ran: number[] = [];
  const schedule = createSchedule<Item>(time.clock, () => ran.push(time.clock.monotonic()));
  const moved = item('moved');
  schedule.put(moved, 10);
  schedule.put(moved, 25);
  time.pass(60);
  assert.deepEqual(ran, [25]);
});

test('a removed item never runs, the others do', (t) => {
  const time = manualTime(t);
  const ran: string[] = [];
  const schedule = createSchedule<Item>(time.clock, ({ name }) => ran.push(name));
  const gone = item('gone');
  schedule.put(gone, 10);
  schedule.put(item('stays'), 20);
  schedule.remove(gone);
  time.pass(60);
  assert.deepEqual(ran, ['stays']);
});

test('an item may be put again while it runs', (t) => {
  const time = manualTime(t);
  const ran: number[] = [];
  const schedule = createSchedule<Item>(time.clock, (each) => {
    ran.push(time.clock.monotonic());
    if (ran.length < 3) schedule.put(each, time.clock.monotonic() + 5);
  });
  schedule.put(item('again'), 5);
  time.pass(60);
  assert.deepEqual(ran, [5, 10, 15]);
});

test('after a stop nothing runs', (t) => {
  const time = manualTime(t);
  const ran: string[] = [];
  const schedule = createSchedule<Item>(time.clock, ({ name }) => ran.push(name));
  schedule.put(item('never'), 10);
  schedule.stop();
  time.pass(60);
  assert.deepEqual(ran, []);
});

test('what is due within one grain runs together, at its end, and never too early', (t) => {
  const time = manualTime(t);
  const ran: string[] = [];
  const schedule = createSchedule<Item>(
    time.clock,
    ({ name, dueMs }) => ran.push(`${name} due ${dueMs} at ${time.clock.monotonic()}`),
    5,
  );
  schedule.put(item('b'), 7.5);
  schedule.put(item('a'), 6);
  schedule.put(item('exact'), 15);
  time.pass(30);
  assert.deepEqual(ran, ['b due 10 at 10', 'a due 10 at 10', 'exact due 15 at 15']);
});

test('an item that was removed by one that ran before it in the same grain does not run', (t) => {
  const time = manualTime(t);
  const ran: string[] = [];
  const second = item('second');
  const schedule = createSchedule<Item>(time.clock, ({ name }) => {
    ran.push(name);
    schedule.remove(second);
  });
  schedule.put(item('first'), 10);
  schedule.put(second, 10);
  time.pass(30);
  assert.deepEqual(ran, ['first']);
});
