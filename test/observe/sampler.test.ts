import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { startSampler, type SamplerOptions } from '../../src/observe/sampler.ts';

/** A sampler on a clock of the test's; each reading takes `tookMs` of it. */
function sampled(options: Partial<SamplerOptions> & { tookMs: number }) {
  let now = 0;
  const at: number[] = [];
  const sampler = startSampler({
    periodMs: 100,
    share: 0.1,
    monotonic: () => now,
    sample() {
      at.push(now);
      now += options.tookMs;
    },
    onError: (error) => assert.fail(String(error)),
    ...options,
  });
  return {
    sampler,
    at,
    pass: async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 1) {
        now += 1;
        mock.timers.tick(1);
        // A reading ends in promises, which timers that are mocked do not wait for.
        for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      }
    },
  };
}

describe('a sampler', () => {
  it('reads once every period when readings are quick', async (t) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    t.after(() => mock.timers.reset());
    const { at, pass } = sampled({ tookMs: 0 });
    await pass(1_000);
    assert.deepEqual(at, [100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
  });

  it('spends no more than its share of the time on readings that take long', async (t) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    t.after(() => mock.timers.reset());
    const { at, pass } = sampled({ tookMs: 50 });
    await pass(5_000);
    assert.deepEqual(at.length, 10, at.join());
    for (let index = 1; index < at.length; index += 1) assert.ok(at[index]! - at[index - 1]! >= 500);
  });

  it('reads when it is urgent though that takes more than its share, a few times and then no more', async (t) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    t.after(() => mock.timers.reset());
    const { sampler, at, pass } = sampled({ tookMs: 400, share: 0.001, periodMs: 2_000, urgent: 2 });
    await pass(2_000);
    assert.equal(at.length, 1);
    for (let asked = 0; asked < 20; asked += 1) {
      sampler.soon();
      await pass(500);
    }
    assert.deepEqual(at.length, 3, at.join());
    // A reading of 0.4 s is urgent again when the two are 2% of the time.
    await pass(28_000);
    sampler.soon();
    await pass(1);
    assert.deepEqual(at.length, 3, at.join());
    await pass(10_000);
    sampler.soon();
    await pass(1);
    assert.deepEqual(at.length, 4, at.join());
  });

  it('reads when asked, but not again at once', async (t) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    t.after(() => mock.timers.reset());
    const { sampler, at, pass } = sampled({ tookMs: 0, periodMs: 10_000 });
    await pass(5);
    sampler.soon();
    await pass(500);
    sampler.soon();
    await pass(500);
    sampler.soon();
    assert.deepEqual(at, [5, 1_005]);
  });

  it('reads a last time when stopped, and never again', async (t) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    t.after(() => mock.timers.reset());
    const { sampler, at, pass } = sampled({ tookMs: 0 });
    await pass(150);
    await sampler.stop();
    sampler.soon();
    await pass(1_000);
    assert.deepEqual(at, [100, 150]);
  });

  it('goes on after a reading that failed', async (t) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    t.after(() => mock.timers.reset());
    const errors: unknown[] = [];
    const { pass } = sampled({
      tookMs: 0,
      sample: () => Promise.reject(new Error('no such file')),
      onError: (error) => errors.push(error),
    });
    await pass(350);
    assert.equal(errors.length, 3);
  });
});
