// What `netdebug cluster run` does without flags is enough for a decision, on a cluster where nothing is wrong and on one with the bug.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tooShortForNone } from '../../src/cli/cluster/cluster-flags.ts';
import { runCommand } from '../../src/cli/cluster/run.ts';
import { decide } from '../../src/verdict/decide.ts';
import { createTally } from '../../src/verdict/tally.ts';
import { classEvents, micros } from '../verdict/client-events.ts';

/** As typed without flags; durations in milliseconds. */
const defaults = runCommand().opts<{
  readonly connections: number;
  readonly period: number;
  readonly duration: number;
  readonly maxRate: string;
}>();
const maxRatePerHour = Number(defaults.maxRate);

/** The verdict after so many seconds in which the clients' connections were open; `resets` are those of the co-located class. */
function verdictAfter(seconds: number, resets: readonly number[] = []) {
  const episodeWindowMs = 2 * defaults.period;
  const tally = createTally({ episodeWindowMs });
  const { connections } = defaults;
  const hit = resets.filter((at) => at < seconds);
  for (const event of classEvents('co-located', connections, seconds, hit)) tally.add(event);
  for (const event of classEvents('remote', connections, seconds, [])) tally.add(event);
  const history = (name: string) => tally.history(name, micros(seconds));
  const classes = { coLocated: history('co-located'), remote: history('remote') };
  return decide({ ...classes, episodeWindowMs, maxRatePerHour });
}

test('without a reset the defaults end with none, and leave five minutes and more for what holds a run up', () => {
  const seconds = defaults.duration / 1_000;
  const verdict = verdictAfter(seconds - 300);
  assert.equal(verdict.outcome, 'none', verdict.sentence);
  assert.equal(
    verdictAfter(seconds / 2).outcome,
    'inconclusive',
    'a time that does not suffice is told apart',
  );
});

test('a reset every 95 s of same-node connections is decided as such within the default duration, and is never none', () => {
  const every95s = Array.from({ length: 40 }, (_, index) => 95 * (index + 1));
  for (let seconds = 60; seconds <= defaults.duration / 1_000; seconds += 60)
    assert.notEqual(verdictAfter(seconds, every95s).outcome, 'none', `after ${seconds} s`);
  assert.equal(verdictAfter(defaults.duration / 1_000, every95s).outcome, 'co-located-only');
});

test('a run whose time cannot suffice says so, with what would', () => {
  assert.equal(tooShortForNone({ durationMs: defaults.duration, maxRatePerHour }), null);
  assert.equal(tooShortForNone({ durationMs: 4 * 3_600_000, maxRatePerHour: 1 }), null);
  assert.equal(
    tooShortForNone({ durationMs: 30 * 60_000, maxRatePerHour: 1 }),
    'Without any reset this run ends undecided: to show that there are fewer episodes than 1 an hour takes more than 3h26m28s; ' +
      'give a longer --duration, or a --max-rate of 8.',
  );
});
