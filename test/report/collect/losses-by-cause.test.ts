import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLossesByCause } from '../../../src/report/collect/losses-by-cause.ts';
import { exampleLoss } from '../example-loss.ts';

describe('losses by cause', () => {
  it('are counted exactly, whatever their number, and the newest are kept, newest first', () => {
    const losses = createLossesByCause();
    for (let number = 0; number < 10_000; number += 1)
      losses.take(exampleLoss(number, number % 4 === 0 ? 'policy-reject' : 'server-aborted'));
    assert.equal(losses.count(), 10_000);
    const groups = losses.groups();
    assert.deepEqual(
      groups.map(({ cause, lost, newest }) => [cause, lost, newest.length, newest[0]?.id]),
      [
        ['server-aborted', 7_500, 20, 'loss-9999'],
        ['policy-reject', 2_500, 20, 'loss-9996'],
      ],
    );
    const times = groups[0]!.newest.map(({ at }) => at);
    assert.deepEqual(times, [...times].sort().reverse());
  });

  it('move with a correction, which is not counted again', () => {
    const losses = createLossesByCause();
    losses.take(exampleLoss(1, 'unknown'));
    losses.take(exampleLoss(2, 'unknown'));
    losses.take({ ...exampleLoss(1, 'policy-reject'), revision: 2 });
    assert.equal(losses.count(), 2);
    assert.deepEqual(
      losses.groups().map(({ cause, lost, newest }) => [cause, lost, newest.map(({ id }) => id)]),
      [
        ['policy-reject', 1, ['loss-1']],
        ['unknown', 1, ['loss-2']],
      ],
    );
    losses.take({ ...exampleLoss(2, 'policy-reject'), revision: 3 });
    assert.deepEqual(
      losses.groups().map(({ cause, lost }) => [cause, lost]),
      [['policy-reject', 2]],
    );
  });

  it('corrections of what was never taken are in no group, and counted apart', () => {
    const losses = createLossesByCause();
    losses.take({ ...exampleLoss(1, 'policy-reject'), revision: 2 });
    assert.deepEqual([losses.count(), losses.corrections(), losses.groups()], [0, 1, []]);
  });

  it('keep the last packets of one that is corrected by what was found of its likes', () => {
    const losses = createLossesByCause();
    const [drawn] = [exampleLoss(1, 'unknown')];
    const { ladder, ...plain } = drawn;
    assert.ok(ladder !== undefined);
    losses.take(drawn);
    losses.take({ ...plain, revision: 2, cause: { ...plain.cause, id: 'policy-reject' } });
    assert.deepEqual(losses.groups()[0]?.newest[0]?.ladder, ladder);
  });

  it('counts no more what is taken back', () => {
    const losses = createLossesByCause();
    losses.take(exampleLoss(1, 'unknown'));
    losses.take({ ...exampleLoss(1, 'unknown'), revision: 2, ended: 'benign' });
    assert.deepEqual([losses.count(), losses.groups()], [0, []]);
  });
});
