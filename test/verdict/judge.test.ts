// The decision table, each rule at the number where it begins to hold.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/model/random.ts';
import type { Outcome } from '../../src/model/run-record.ts';
import { judge, type Counts } from '../../src/verdict/judge.ts';
import { secondsToDecide } from '../../src/verdict/outlook.ts';

const limits = { alpha: 0.05, maxRatePerHour: 1 };

/** Equal connections, `hours` watched in both classes. */
function counts(
  coLocated: number,
  remote: number,
  options: { common?: number; hours?: number } = {},
): Counts {
  const { common = 0, hours = 0.01 } = options;
  return {
    coLocated: { own: coLocated, episodes: coLocated + common, hours },
    remote: { own: remote, episodes: remote + common, hours },
    common,
    nullShare: { low: 0.5, high: 0.5 },
  };
}

const outcomeOf = (...args: Parameters<typeof counts>): Outcome => judge(counts(...args), limits).outcome;

test('seven episodes against none decide, six do not', () => {
  assert.equal(outcomeOf(6, 0), 'inconclusive');
  assert.equal(outcomeOf(7, 0), 'co-located-only');
  assert.equal(outcomeOf(0, 7), 'remote-only');
});

test('one stray episode does not make the other class affected', () => {
  assert.equal(outcomeOf(12, 1), 'co-located-only');
});

test('a class with half the episodes is affected too, though the difference is decided', () => {
  const judgement = judge(counts(80, 35), limits);
  assert.equal(judgement.differs, true);
  assert.equal(judgement.outcome, 'both');
});

test('a class far below the other is still affected when its own rate is proved to be above the maximum', () => {
  // 400 to 20 is a twentieth, but twenty episodes in two hours are ten times the maximum.
  assert.equal(outcomeOf(400, 20, { hours: 2 }), 'both');
  assert.equal(outcomeOf(400, 20, { hours: 40 }), 'co-located-only');
});

test('triggers that always hit both mean both, and never a difference', () => {
  const judgement = judge(counts(0, 0, { common: 3 }), limits);
  assert.deepEqual([judgement.outcome, judgement.differs, judgement.logE], ['both', false, 0]);
});

test('a few episodes in each are not yet both', () => {
  assert.equal(outcomeOf(1, 1), 'inconclusive');
  assert.equal(outcomeOf(2, 2, { hours: 1 }), 'inconclusive');
  // Five each in ten hours: no rate above the maximum, but each has clearly more than a tenth of the triggers.
  assert.equal(outcomeOf(5, 5, { hours: 10 }), 'both');
  // Two each in 36 seconds: both rates are far above one an hour.
  assert.equal(outcomeOf(2, 2), 'both');
});

test('no episode is no proof until the maximum would have brought three and a half', () => {
  assert.equal(outcomeOf(0, 0, { hours: 3.4 }), 'inconclusive');
  assert.equal(outcomeOf(0, 0, { hours: 3.5 }), 'none');
  assert.equal(outcomeOf(1, 0, { hours: 3.5 }), 'inconclusive');
  assert.equal(outcomeOf(1, 0, { hours: 8 }), 'none');
});

test('none needs the proof in each class, not in one', () => {
  const uneven = counts(0, 0, { hours: 3.5 });
  const result = judge({ ...uneven, remote: { own: 0, episodes: 0, hours: 1 } }, limits);
  assert.equal(result.outcome, 'inconclusive');
});

test('a rate proved above the maximum against one proved below it decides without the comparison', () => {
  const result = judge(
    {
      ...counts(0, 0),
      coLocated: { own: 6, episodes: 6, hours: 0.5 },
      remote: { own: 0, episodes: 0, hours: 4 },
    },
    limits,
  );
  assert.deepEqual([result.outcome, result.differs], ['co-located-only', false]);
});

test('swapping the classes swaps the outcome', () => {
  const random = seededRandom(21);
  const swapped: Record<Outcome, Outcome> = {
    'co-located-only': 'remote-only',
    'remote-only': 'co-located-only',
    both: 'both',
    none: 'none',
    inconclusive: 'inconclusive',
  };
  for (let round = 0; round < 500; round += 1) {
    const draw = (n: number): number => Math.floor(random.next() ** 2 * n);
    const one = { own: draw(20), episodes: draw(20), hours: random.next() * 9 };
    const other = { own: draw(20), episodes: draw(20), hours: random.next() * 9 };
    const common = draw(5);
    const share = 0.3 + 0.6 * random.next();
    const here = judge(
      {
        coLocated: one,
        remote: other,
        common,
        nullShare: { low: Math.min(0.5, share), high: Math.max(0.5, share) },
      },
      limits,
    );
    const there = judge(
      {
        coLocated: other,
        remote: one,
        common,
        nullShare: { low: 1 - Math.max(0.5, share), high: 1 - Math.min(0.5, share) },
      },
      limits,
    );
    assert.equal(there.outcome, swapped[here.outcome]);
    assert.ok(Math.abs(there.logE - here.logE) < 1e-9);
  }
});

test('the outlook of a clean run is the time that the proof of none still lacks', () => {
  const halfDone = counts(0, 0, { hours: 2 });
  const seconds = secondsToDecide(halfDone, limits, 7_200);
  assert.ok(seconds !== null);
  const hours = 2 + seconds / 3_600;
  assert.equal(judge(counts(0, 0, { hours }), limits).outcome, 'none');
  assert.equal(judge(counts(0, 0, { hours: hours - 0.001 }), limits).outcome, 'inconclusive');
});

test('the outlook of three episodes against none in a minute is about one more minute', () => {
  const seconds = secondsToDecide(counts(3, 0, { hours: 1 / 60 }), limits, 60);
  // Seven would decide; a little less does in numbers that may be fractions.
  assert.ok(seconds !== null && seconds > 50 && seconds <= 80, String(seconds));
});

test('there is no outlook for a comparison that never shared any time', () => {
  assert.equal(secondsToDecide(counts(0, 0), limits, 0), null);
});
