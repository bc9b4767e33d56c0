// A run of the benchmark that fails: once more, and then it is kept as failed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Trial } from '../../bench/diagnosis/ledger.ts';
import { triedTwice } from '../../bench/diagnosis/second-try.ts';
import type { TrialSpec } from '../../bench/diagnosis/specs.ts';

const spec: TrialSpec = {
  ...{ condition: 'plain', scenario: 'policy-reject', variant: 'to-server', fix: null, workload: null },
  seed: 7,
};
const made: Trial = { ...spec, outcome: 'both', resets: 3, failures: 4, milliseconds: 20, answers: {} };

/** Makes a run that throws these one after the other, and then comes to its end. */
function failing(...reasons: readonly string[]) {
  const left = [...reasons];
  const specs: TrialSpec[] = [];
  const run = (one: TrialSpec) => {
    specs.push(one);
    const reason = left.shift();
    return reason === undefined ? Promise.resolve(made) : Promise.reject(new Error(reason));
  };
  return { run, specs };
}

describe('a run of the benchmark', () => {
  it('that comes to its end is made once', async () => {
    const { run, specs } = failing();
    assert.deepEqual(await triedTwice(spec, run), made);
    assert.deepEqual(specs, [spec]);
  });

  it('that fails is made once more, with the same seed, and said to have been', async () => {
    const { run, specs } = failing('no summary');
    const said: string[] = [];
    assert.deepEqual(await triedTwice(spec, run, (reason) => void said.push(reason)), {
      ...made,
      firstFailed: 'no summary',
    });
    assert.deepEqual(specs, [spec, spec]);
    assert.deepEqual(said, ['no summary']);
  });

  it('that fails again is kept with its reason, a line of it, and nothing to judge', async () => {
    const { run, specs } = failing('no summary\n  of node-1', 'no room', 'never seen');
    assert.deepEqual(await triedTwice(spec, run), {
      ...{ ...spec, failed: 'no room', firstFailed: 'no summary of node-1' },
      ...{ outcome: '', resets: 0, failures: 0, milliseconds: 0, answers: {} },
    });
    assert.equal(specs.length, 2);
    const long = await triedTwice(spec, () => Promise.reject(new Error(`begin ${'x'.repeat(999)} end`)));
    assert.match(long.failed ?? '', /^…x+ end$/);
    assert.equal(long.failed?.length, 300);
    assert.equal(long.firstFailed, undefined);
  });
});
