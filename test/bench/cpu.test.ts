import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nanosBetween, nanosIn, readCpu } from '../../bench/probing/cpu.ts';

test('the time on a CPU is the first of schedstat’s three numbers', () => {
  assert.equal(nanosIn('71643123 65842 2\n'), 71_643_123);
  assert.throws(() => nanosIn('71643123\n'), /not a line of schedstat/);
});

test('all threads count, new ones from their beginning', () => {
  const before = new Map([
    ['1', 1_000],
    ['2', 50],
  ]);
  const after = new Map([
    ['1', 1_500],
    ['2', 50],
    ['3', 7],
  ]);
  assert.equal(nanosBetween(before, after), 507);
});

test('the time of a thread that ended is not known, which is said', () => {
  assert.throws(
    () =>
      nanosBetween(
        new Map([
          ['1', 1],
          ['2', 1],
        ]),
        new Map([['1', 2]]),
      ),
    /thread 2 ended/,
  );
});

const here = { skip: process.platform !== 'linux' && 'needs Linux' };

test('this process is seen with all its threads, in nanoseconds', here, () => {
  const reading = readCpu([process.pid]);
  assert.ok(reading.size > 1 && reading.has(String(process.pid)));
  const total = nanosBetween(new Map(), reading);
  // process.cpuUsage() has µs of the same account; in ticks of 10 ms the last seven digits would be zeros.
  assert.ok(total % 10_000_000 !== 0);
  const { user, system } = process.cpuUsage();
  assert.ok(
    Math.abs(total / 1_000 - (user + system)) < 0.5 * (user + system),
    `${total} ns, ${user + system} µs`,
  );
});
