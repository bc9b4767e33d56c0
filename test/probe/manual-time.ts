// Time that only moves when the test says so: node:test's mocked setTimeout and a clock that goes with it.
import type { TestContext } from 'node:test';
import type { Clock } from '../../src/model/clock.ts';

export interface ManualTime {
  readonly clock: Clock;
  /** Lets time pass; timers that become due run, each with the clock at its own millisecond. */
  pass(milliseconds: number): void;
}

export function manualTime(t: TestContext): ManualTime {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  return {
    clock: { now: () => now * 1_000, monotonic: () => now },
    pass(milliseconds) {
      for (let step = 0; step < milliseconds; step++) {
        now += 1;
        t.mock.timers.tick(1);
      }
    },
  };
}
