// The tally: exact numbers for a small history, and the same numbers for any order of its lines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientEvent } from '../../src/model/probe-event.ts';
import { Problem } from '../../src/model/problem.ts';
import { seededRandom } from '../../src/model/random.ts';
import { classSummarySchema } from '../../src/model/run-record.ts';
import { poissonInterval } from '../../src/stats/poisson.ts';
import { createTally, type Tally } from '../../src/verdict/tally.ts';
import { answered, classEvents, connected, failed, finished, micros } from './client-events.ts';

function tallyOf(events: readonly ClientEvent[], episodeWindowMs = 100): Tally {
  const tally = createTally({ episodeWindowMs });
  for (const event of events) tally.add(event);
  return tally;
}

test('a small history gives the numbers that one would write down by hand', () => {
  const events = [
    connected('remote', 0, 0, 0),
    connected('remote', 1, 1, 1),
    answered('remote', 0, 1.5),
    failed('remote', 0, 4, { livedMs: 4_000, slot: 0 }),
    failed('remote', 2, 4.5, { failure: 'refused', phase: 'connecting', slot: 0 }),
    connected('remote', 3, 5, 0),
    failed('remote', 1, 4.05, { livedMs: 3_050, slot: 1, phase: 'idle' }),
    failed('remote', 3, 8, { livedMs: 3_000, slot: 0 }),
    failed('remote', 4, 8.5, { failure: 'timeout', phase: 'connecting', slot: 0 }),
    connected('remote', 5, 9, 0),
    finished('remote', 5, 10, 1_000, 0),
  ];
  const summary = tallyOf(events).summaries()[0]!;
  assert.deepEqual(classSummarySchema.parse(summary), summary);
  assert.deepEqual(
    { ...summary, latencyMs: null },
    {
      name: 'remote',
      target: '10.48.14.50:8080',
      connections: 2,
      connectionSeconds: 4 + 3.05 + 3 + 1,
      wallSeconds: 10,
      // One answered, and two were waiting for their answer when the reset came; the third was idle.
      probes: 3,
      answered: 1,
      resets: 3,
      episodes: 2,
      otherFailures: { refused: 1, timeout: 1, closed: 0, unreachable: 0, other: 0 },
      beforeFirstAnswer: { reset: 0, refused: 0, timeout: 0, closed: 0, unreachable: 0, other: 0 },
      neverAnswered: 0,
      resetsPerHour: poissonInterval(3, 11.05 / 3_600, 0.95),
      episodesPerHour: poissonInterval(2, 10 / 3_600, 0.95),
      latencyMs: null,
    },
  );
});

/** An attempt of a slot that has had no answer yet. */
const early = { answers: 0, slotAnswered: false } as const;

test('attempts before the first answer are counted apart: they are no lost connections, and their time is none', () => {
  const events = [
    failed('remote', 0, 1, { ...early, failure: 'refused', phase: 'connecting', slot: 0 }),
    connected('remote', 1, 2, 0),
    failed('remote', 1, 3, { ...early, slot: 0, livedMs: 1_000 }),
    connected('remote', 2, 4, 0),
    answered('remote', 2, 4.5, { slot: 0 }),
    failed('remote', 2, 6, { slot: 0, livedMs: 2_000, slotAnswered: true }),
    failed('remote', 3, 6, { ...early, failure: 'timeout', phase: 'connecting', slot: 1 }),
  ];
  const expected = {
    connections: 2,
    connectionSeconds: 2,
    probes: 2,
    resets: 1,
    episodes: 1,
    otherFailures: { refused: 0, timeout: 0, closed: 0, unreachable: 0, other: 0 },
    beforeFirstAnswer: { reset: 1, refused: 1, timeout: 1, closed: 0, unreachable: 0, other: 0 },
    neverAnswered: 1,
  };
  for (const order of [events, events.toReversed()]) {
    const summary = tallyOf(order).summaries()[0]!;
    assert.deepEqual(classSummarySchema.parse(summary), summary);
    const counted = Object.fromEntries(Object.entries(summary).filter(([name]) => name in expected));
    assert.deepEqual(counted, expected);
  }
});

test('connections that are open count up to the moment that is asked about, else up to the last event', () => {
  const tally = tallyOf([connected('remote', 0, 0), connected('remote', 1, 2), answered('remote', 0, 3)]);
  assert.equal(tally.summaries(micros(10))[0]!.connectionSeconds, 18);
  assert.equal(tally.summaries(micros(10))[0]!.wallSeconds, 10);
  assert.equal(tally.summaries()[0]!.connectionSeconds, 4);
  assert.equal(tally.summaries()[0]!.wallSeconds, 3);
});

test('after the last connection is closed, time asked about later adds nothing', () => {
  const tally = tallyOf([connected('remote', 0, 0), finished('remote', 0, 5, 5_000)]);
  assert.equal(tally.summaries(micros(60))[0]!.wallSeconds, 5);
  assert.equal(tally.summaries(micros(60))[0]!.connectionSeconds, 5);
});

test('latency counts from when the probe was due, so a late sender hides nothing', () => {
  const tally = tallyOf([
    connected('remote', 0, 0),
    answered('remote', 0, 1, { latencyMs: 1, lateMs: 0 }),
    answered('remote', 0, 2, { latencyMs: 1, lateMs: 499 }),
  ]);
  const { p50, p99 } = tally.summaries()[0]!.latencyMs;
  assert.ok(Math.abs(p50! - 1) <= 0.011 && Math.abs(p99! - 500) <= 5.1);
});

test('a thousand resets of one trigger are one episode', () => {
  const events = Array.from({ length: 1_000 }, (_, i) => failed('co-located', i, 5 + i / 20_000));
  const summary = tallyOf(events).summaries()[0]!;
  assert.deepEqual([summary.resets, summary.episodes], [1_000, 1]);
});

test('a class that never connected has no rates and no latency', () => {
  const summary = tallyOf([
    failed('remote', 0, 1, { failure: 'refused', phase: 'connecting' }),
  ]).summaries()[0]!;
  assert.deepEqual(summary.episodesPerHour, { estimate: null, low: 0, high: null });
  assert.deepEqual(summary.resetsPerHour, { estimate: null, low: 0, high: null });
  assert.deepEqual(summary.latencyMs, { p50: null, p99: null });
  assert.deepEqual([summary.wallSeconds, summary.connectionSeconds], [0, 0]);
});

test('any order of the lines, and any splitting into batches, gives the same tally', () => {
  const random = seededRandom(7);
  const draw = (className: string): ClientEvent[] => {
    const times = Array.from({ length: 9 }, () => 0.5 + 29 * random.next()).sort((a, b) => a - b);
    return classEvents(className, 5, 30, times);
  };
  const events = [...draw('co-located'), ...draw('remote')];
  const expected = tallyOf(events);
  for (let round = 0; round < 50; round += 1) {
    const shuffled = events
      .map((event) => ({ event, key: random.next() }))
      .sort((a, b) => a.key - b.key)
      .map(({ event }) => event);
    const tally = createTally({ episodeWindowMs: 100 });
    for (const event of shuffled) {
      tally.add(event);
      // Looking in between must not change anything either.
      if (random.next() < 0.05) tally.summaries(micros(15));
    }
    assert.deepEqual(tally.summaries(), expected.summaries());
    for (const name of ['co-located', 'remote']) {
      const [a, b] = [tally.history(name)!, expected.history(name)!];
      assert.deepEqual([a.bursts, a.watched, a.lastAt], [b.bursts, b.watched, b.lastAt]);
    }
  }
});

test('a history keeps one span per episode and per gap, however many events there were', () => {
  const events = classEvents('co-located', 50, 60, [10, 20, 30]);
  const history = tallyOf(events).history('co-located')!;
  assert.equal(history.bursts.length, 3);
  assert.ok(history.watched.length <= 4);
});

test('a history that was given out does not change when the tally goes on', () => {
  const tally = tallyOf([connected('remote', 0, 0), failed('remote', 0, 1, { livedMs: 1_000 })]);
  const history = tally.history('remote')!;
  const before = structuredClone([history.bursts, history.watched]);
  tally.add(failed('remote', 1, 9, { livedMs: 500 }));
  assert.deepEqual([history.bursts, history.watched], before);
});

test('an event whose time cannot be read is refused with a sentence', () => {
  const event = { ...connected('remote', 0, 0), at: 'yesterday' };
  assert.throws(
    () => createTally({ episodeWindowMs: 100 }).add(event),
    (error) => error instanceof Problem && error.kind === 'usage' && error.message.includes('"yesterday"'),
  );
});

test('a class that nobody named has no history', () => {
  assert.equal(createTally({ episodeWindowMs: 100 }).history('remote'), undefined);
});

test('a connection whose number another process uses anew was held until its last answer', () => {
  const events = [
    connected('remote', 0, 0, 0),
    answered('remote', 0, 3),
    connected('remote', 0, 5, 0),
    finished('remote', 0, 9, 4_000, 0),
  ];
  const [summary] = tallyOf(events).summaries();
  assert.deepEqual([summary?.connectionSeconds, summary?.resets], [3 + 4, 0]);
});
