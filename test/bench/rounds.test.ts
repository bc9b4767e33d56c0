import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cost } from '../../bench/probing/cost.ts';
import type { Contender } from '../../bench/probing/programs.ts';
import { compared, turnsOf } from '../../bench/probing/rounds.ts';
import { median } from '../../bench/probing/spread.ts';

const contender = (name: Contender['name']): Contender => ({ name, server: () => [], client: () => [] });
const all = {
  netdebug: contender('netdebug'),
  withEvents: contender('netdebug --events'),
  c: contender('C'),
  go: contender('Go'),
  compilers: [],
  notes: [],
};
const load = { connections: 10_000, periodMs: 5_000, windowMs: 3_000 };

test('each program is measured once a round on each side, against the same other one', () => {
  const turns = turnsOf(all);
  const kept = turns.flatMap(({ client, server, sides }) =>
    sides.map((side) => `${side} ${(side === 'client' ? client : server).name}`),
  );
  assert.deepEqual(kept.toSorted(), [
    'client C',
    'client Go',
    'client netdebug',
    'client netdebug --events',
    'server C',
    'server Go',
    'server netdebug',
  ]);
  for (const { client, server } of turns) assert.ok(client.name === 'C' || server.name === 'C');
});

test('without compilers ours is measured against itself', () => {
  const { netdebug, withEvents } = all;
  const turns = turnsOf({ netdebug, withEvents, compilers: [], notes: [] });
  assert.deepEqual(
    turns.map(({ client, server, sides }) => [client.name, server.name, ...sides]),
    [
      ['netdebug', 'netdebug', 'client', 'server'],
      ['netdebug --events', 'netdebug', 'client'],
    ],
  );
});

test('a ratio is the median of the rounds’ ratios, not the ratio of medians of different hours', () => {
  const costs = (nanos: number[]): Cost[] =>
    nanos.map((nanosPerProbe) => ({ nanosPerProbe, kibPerConnection: 1, idleMib: 1 }));
  // The machine is three times slower in the last two rounds, and ours was unlucky in the first.
  const mine = costs([30, 20, 20, 60, 60]);
  const theirs = costs([10, 10, 10, 30, 30]);
  const [against] = compared(
    new Map([
      ['client netdebug', mine],
      ['client C', theirs],
    ]),
    load,
  );
  const ratio = against?.figures.find(({ name }) => name === 'client, CPU per probe, × C');
  assert.deepEqual(ratio?.values, [3, 2, 2, 2, 2]);
  assert.equal(median(ratio.values), 2);
  assert.deepEqual(ratio.limit, { most: 1.25 });
  assert.equal(
    against?.figures.some(({ name }) => name.includes('Go')),
    false,
  );
});
