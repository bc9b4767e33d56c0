// Failures wait for the next look at the cluster, and those of a disturbed time are set aside with the reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Disturbances } from '../../src/cluster/disturbances.ts';
import { createIntake } from '../../src/cluster/intake.ts';
import { connected, micros, reset } from './client-events.ts';

/** A disturbance from 10 s to 20 s. @param skew How far the cluster's clock is behind ours, in seconds */
function intakeWith(skew = 0) {
  const counted: string[] = [];
  const aside: string[] = [];
  const disturbances: Disturbances = {
    compare: () => [],
    all: () => [],
    reasonAt: (at) => (at >= micros(10) && at <= micros(20) ? 'a cordon' : undefined),
  };
  const intake = createIntake(disturbances, {
    onCounted: (event) => counted.push(`${event.event} ${event.connection}`),
    onSetAside: ({ event, reason }) => aside.push(`${event.connection}: ${reason}`),
  });
  intake.take(connected(1 - skew, 0), micros(1));
  return { intake, counted, aside };
}

test('a failure counts only after a look that began two seconds after it came', () => {
  const { intake, counted } = intakeWith();
  intake.take(reset(5, 0), micros(5));
  intake.settle(micros(6.9));
  assert.deepEqual(counted, ['connected 0']);
  intake.settle(micros(7));
  assert.deepEqual(counted, ['connected 0', 'failed 0']);
});

test('what comes after a failure waits behind it, so that nothing counts out of order', () => {
  const { intake, counted } = intakeWith();
  intake.take(reset(5, 0), micros(5));
  intake.take(connected(5.1, 1), micros(5.1));
  intake.take(reset(6, 2), micros(6));
  intake.take(connected(6.1, 3), micros(6.1));
  assert.deepEqual(counted, ['connected 0']);
  intake.settle(micros(7.5));
  assert.deepEqual(counted, ['connected 0', 'failed 0', 'connected 1']);
  intake.settle(micros(8));
  assert.deepEqual(counted.slice(3), ['failed 2', 'connected 3']);
  // Nothing waits any more.
  intake.take(connected(9, 4), micros(9));
  assert.equal(counted.at(-1), 'connected 4');
});

test('a failure of a disturbed time is set aside, and its connection merely ends', () => {
  const { intake, counted, aside } = intakeWith();
  intake.take(reset(15, 0), micros(15));
  intake.take(reset(15, 1, 'connecting'), micros(15));
  intake.flush();
  assert.deepEqual(aside, ['0: a cordon', '1: a cordon']);
  assert.deepEqual(counted, ['connected 0', 'finished 0']);
});

test('times are compared on our clock, whatever the node takes the time to be', () => {
  const { intake, aside } = intakeWith(3_600);
  intake.take(reset(15 - 3_600, 0), micros(15));
  // A line that arrives late, after a dropped stream, does not shift the clocks.
  intake.take(reset(5 - 3_600, 1), micros(30));
  intake.flush();
  assert.deepEqual(aside, ['0: a cordon']);
});
