// From events to the verdict, as the lab and the cluster run use it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientEvent } from '../../src/model/probe-event.ts';
import { Problem } from '../../src/model/problem.ts';
import { verdictSchema, type Verdict } from '../../src/model/run-record.ts';
import { decide } from '../../src/verdict/decide.ts';
import { createTally } from '../../src/verdict/tally.ts';
import { answered, classEvents, connected, failed, finished, micros } from './client-events.ts';

const episodeWindowMs = 100;

function verdictOf(
  events: readonly ClientEvent[],
  options: { maxRatePerHour?: number; alpha?: number; at?: number } = {},
): Verdict {
  const { at, ...rest } = options;
  const tally = createTally({ episodeWindowMs });
  for (const event of events) tally.add(event);
  const moment = at === undefined ? undefined : micros(at);
  const verdict = decide({
    coLocated: tally.history('co-located', moment),
    remote: tally.history('remote', moment),
    episodeWindowMs,
    maxRatePerHour: 60,
    ...rest,
  });
  assert.deepEqual(verdictSchema.parse(JSON.parse(JSON.stringify(verdict))), verdict);
  return verdict;
}

const every = (seconds: number, until: number, from = seconds): number[] =>
  Array.from({ length: Math.ceil((until - from) / seconds) }, (_, i) => from + i * seconds);

const run = (coLocated: readonly number[], remote: readonly number[], until = 20): ClientEvent[] => [
  ...classEvents('co-located', 4, until, coLocated),
  ...classEvents('remote', 4, until, remote),
];

test('resets of one class only are decided, and the sentence has the numbers', () => {
  const verdict = verdictOf(run(every(1.5, 19), []));
  assert.equal(verdict.outcome, 'co-located-only');
  assert.ok(verdict.confidence > 0.99 && verdict.confidence < 1);
  assert.deepEqual(verdict.basis!.triggers, { coLocated: 12, remote: 0, common: 0, waiting: 0, unshared: 0 });
  assert.equal(verdict.basis!.sharedSeconds, 20);
  assert.deepEqual(verdict.basis!.nullShare, { low: 0.5, high: 0.5 });
  assert.match(
    verdict.sentence,
    /^Same-node connections were reset 48 times in 12 episodes in 20s \(2160 an hour; at 95% above \d+ and below \d+\); cross-node ones were never reset in 20s .*: the difference is decided \(e-value \d+, 20 needed\), same-node ones being hit at least [\d.]+ times as often\.$/,
  );
});

test('swapping the classes swaps the outcome and keeps the evidence', () => {
  const times = every(1.5, 19);
  const [here, there] = [verdictOf(run(times, [])), verdictOf(run([], times))];
  assert.equal(there.outcome, 'remote-only');
  assert.equal(there.basis!.eValue, here.basis!.eValue);
  assert.match(there.sentence, /cross-node ones being hit at least [\d.]+ times as often\.$/);
});

test('a stray reset of the other class changes no outcome, and the sentence says so', () => {
  const verdict = verdictOf(run(every(1.2, 19), [9.7]));
  assert.equal(verdict.outcome, 'co-located-only');
  assert.match(
    verdict.sentence,
    /cross-node ones were reset 4 times in 1 episode .*; that cross-node ones are affected as well is not shown\.$/,
  );
});

test('one trigger that resets a thousand connections proves nothing', () => {
  const verdict = verdictOf([
    ...classEvents('co-located', 1_000, 20, [10]),
    ...classEvents('remote', 1_000, 20, []),
  ]);
  assert.equal(verdict.outcome, 'inconclusive');
  assert.equal(verdict.basis!.triggers.coLocated, 1);
  assert.ok(Math.abs(verdict.basis!.eValue - 1) < 1e-9);
});

test('a server that restarts hits both at once, which is both and no difference', () => {
  const times = every(2, 19);
  const verdict = verdictOf(
    run(
      times,
      times.map((time) => time + 0.03),
    ),
  );
  assert.equal(verdict.outcome, 'both');
  assert.equal(verdict.basis!.triggers.common, times.length);
  assert.match(verdict.sentence, /9 triggers having hit both at once\.$/);
});

test('a clean run that is long enough proves none, a shorter one says how much longer', () => {
  assert.equal(verdictOf(run([], [], 240)).outcome, 'none');
  const short = verdictOf(run([], [], 60));
  assert.equal(short.outcome, 'inconclusive');
  assert.equal(short.confidence, 0);
  const need = short.basis!.needSeconds!;
  assert.match(short.sentence, /if it goes on like this, 2m\d+s more will do\.$/);
  assert.equal(verdictOf(run([], [], 60 + need)).outcome, 'none');
  assert.equal(verdictOf(run([], [], 59 + need)).outcome, 'inconclusive');
});

test('the default maximum is one episode an hour', () => {
  const tally = createTally({ episodeWindowMs });
  for (const event of run([], [], 3.5 * 3_600)) tally.add(event);
  const histories = { coLocated: tally.history('co-located'), remote: tally.history('remote') };
  const verdict = decide({ ...histories, episodeWindowMs });
  assert.equal(verdict.outcome, 'none');
  assert.equal(verdict.basis!.maxRatePerHour, 1);
});

test('a class that was never answered decides nothing, whatever the other went through', () => {
  const silent = [failed('remote', 0, 1, { failure: 'refused', phase: 'connecting' })];
  const verdict = verdictOf([...classEvents('co-located', 4, 20, every(1, 19)), ...silent]);
  assert.equal(verdict.outcome, 'inconclusive');
  assert.equal(verdict.basis, undefined);
  assert.match(verdict.sentence, /no probe of cross-node connections was ever answered \(1 × refused\)/);
  assert.match(verdictOf([]).sentence, /no probe of any connection was ever answered; see that/);
});

test('a reset just seen waits until it is known whether the other class was hit too', () => {
  const until = (at: number): Verdict =>
    verdictOf(
      ['co-located', 'remote']
        .flatMap((name) => [connected(name, 0, 0), answered(name, 0, 1)])
        .concat(failed('co-located', 0, 5, { livedMs: 5_000 }), connected('co-located', 1, 5)),
      { at },
    );
  assert.equal(until(5.05).basis!.triggers.waiting, 1);
  assert.deepEqual(until(5.2).basis!.triggers, {
    coLocated: 1,
    remote: 0,
    common: 0,
    waiting: 0,
    unshared: 0,
  });
});

test('resets while the other class was not connected are not held against it', () => {
  // The remote clients come when the fault is over: twelve to none, and yet no difference.
  const late = [connected('remote', 0, 15), answered('remote', 0, 20), finished('remote', 0, 20, 5_000)];
  const verdict = verdictOf([...classEvents('co-located', 4, 20, every(1, 13)), ...late]);
  assert.equal(verdict.basis!.triggers.unshared, 12);
  assert.equal(verdict.basis!.triggers.coLocated, 0);
  assert.equal(verdict.basis!.sharedSeconds, 5);
  assert.notEqual(verdict.outcome, 'co-located-only');
});

test('classes that were watched one after the other cannot be compared, and the sentence says why', () => {
  const later = [connected('remote', 0, 30), answered('remote', 0, 40), finished('remote', 0, 40, 10_000)];
  const verdict = verdictOf([...classEvents('co-located', 4, 20, every(2, 19)), ...later]);
  assert.equal(verdict.outcome, 'inconclusive');
  assert.match(
    verdict.sentence,
    /the two were never connected at the same time, which comparing them needs\.$/,
  );
});

test('with unequal connection counts, a share between that of nodes and that of connections is no difference', () => {
  const events = [...classEvents('co-located', 8, 20, every(1, 19)), ...classEvents('remote', 1, 20, [])];
  const verdict = verdictOf(events);
  assert.equal(verdict.basis!.nullShare.low, 0.5);
  assert.ok(Math.abs(verdict.basis!.nullShare.high - 8 / 9) < 1e-9);
  // Eighteen to none would decide between equals; eight of nine connections explain it.
  assert.equal(verdict.outcome, 'inconclusive');
});

/** Three attempts of one more slot that are refused, a second apart; then it is answered, or not. */
function refusedAtFirst(className: string, answeredAfter: boolean): ClientEvent[] {
  const slot = 90;
  const attempt = (number: number) =>
    failed(className, 900 + number, 0.1 + number, {
      ...{ failure: 'refused', phase: 'connecting', slot, answers: 0, slotAnswered: false },
    });
  const after = [
    connected(className, 999, 4, slot),
    answered(className, 999, 5, { slot }),
    finished(className, 999, 300, 296_000, slot),
  ];
  return [attempt(0), attempt(1), attempt(2), ...(answeredAfter ? after : [])];
}

test('refusals before the first answer are said, and are no failures', () => {
  const { outcome, sentence } = verdictOf([...run([], [], 300), ...refusedAtFirst('remote', true)]);
  assert.equal(outcome, 'none');
  assert.match(
    sentence,
    /: in each class fewer than 60 an hour is proved\. 3 attempts before the first answer failed \(3 × refused\), which is no lost connection\.$/,
  );
});

test('a connection that never had an answer is not taken for one that was not reset', () => {
  const { outcome, confidence, sentence } = verdictOf([
    ...run([], [], 300),
    ...refusedAtFirst('co-located', false),
  ]);
  assert.deepEqual([outcome, confidence], ['inconclusive', 0]);
  assert.match(
    sentence,
    /1 of 5 same-node connections \(3 × refused\) never had an answer; see that the server/,
  );
  const hit = verdictOf([...run(every(1.5, 19), []), ...refusedAtFirst('remote', false)]);
  assert.equal(hit.outcome, 'co-located-only');
  assert.match(hit.sentence, /1 connection never had an answer\.$/);
});

test('a class that nobody ever answered says how it failed', () => {
  const { outcome, sentence } = verdictOf([
    ...classEvents('remote', 4, 300, []),
    ...refusedAtFirst('co-located', false),
  ]);
  assert.equal(outcome, 'inconclusive');
  assert.match(sentence, /no probe of same-node connections was ever answered \(3 × refused\)/);
});

test('other failures are named beside the verdict', () => {
  const events = [
    ...run([], [], 240),
    failed('remote', 99, 200, { failure: 'timeout', phase: 'connecting' }),
  ];
  assert.match(
    verdictOf(events).sentence,
    /Besides resets there were cross-node failures \(1 × timeout\)\.$/,
  );
});

test('the verdict says what it would be with half and twice the episode window', () => {
  // Resets 150 ms apart: ten episodes at the window of 100 ms, one at 200 ms.
  const verdict = verdictOf(run(every(0.15, 6.4, 5), []));
  assert.deepEqual(
    verdict.basis!.sensitivity.map(({ episodeWindowMs: window, outcome }) => [window, outcome]),
    [
      [50, 'co-located-only'],
      [100, 'co-located-only'],
      [200, 'inconclusive'],
    ],
  );
});

test('limits that make no sense are refused with a sentence', () => {
  for (const options of [{ alpha: 0 }, { alpha: 1 }, { maxRatePerHour: 0 }, { maxRatePerHour: Number.NaN }]) {
    assert.throws(
      () => verdictOf(run([], []), options),
      (error) => error instanceof Problem && error.kind === 'usage',
    );
  }
});
