// Histories without a difference between the classes: whoever sees one here is wrong.
import type { Random } from '../../src/model/random.ts';
import { logUniform, poissonTimes } from './chance.ts';
import type { Setting } from './history.ts';
import { historyOf, onOneSide, type SimulatedTrigger, type Watching } from './triggers.ts';

const seconds = 6_000;
const meanGap = 30;
const even: Watching = { connections: [4, 4], from: [0, 0], until: seconds };
const uneven: Watching = { ...even, connections: [8, 2] };
const unevenShare = 0.8;

/** Triggers that hit a whole node, each class's as often, at a rate that follows `shape`. */
function nodeTriggers(random: Random, shape?: (at: number) => number, gap = meanGap): SimulatedTrigger[] {
  return poissonTimes(random, seconds, 1 / gap, shape).map((at) => onOneSide(random, at, 4));
}

/** Waves of 17 minutes on a rate that rises all the time. */
const drifting = (at: number): number => (at / seconds) * (0.55 + 0.45 * Math.sin(at / 160));

/** The fault starts at a fifth of the run and stops at the middle. */
const midway = (at: number): number => (at > seconds / 5 && at < seconds / 2 ? 1 : 0);

export const nulls: readonly Setting[] = [
  {
    name: 'steady',
    about: 'triggers hit a whole node, either one equally often',
    draw: (random) => historyOf(random, nodeTriggers(random), even),
  },
  {
    name: 'bursts',
    about: 'a trigger brings 1 to 1,000 resets, every factor of ten as often',
    draw: (random) => {
      const times = poissonTimes(random, seconds, 1 / (2 * meanGap));
      const triggers = times.map((at) => onOneSide(random, at, logUniform(random, 1, 1_000)));
      return historyOf(random, triggers, { ...even, connections: [1_000, 1_000] });
    },
  },
  {
    name: 'drift',
    about: 'the rate comes in waves and rises',
    draw: (random) => historyOf(random, nodeTriggers(random, drifting, 10), even),
  },
  {
    name: 'starts and stops',
    about: 'the fault begins after a fifth of the run and ends at its middle',
    draw: (random) => historyOf(random, nodeTriggers(random, midway, 10), even),
  },
  {
    name: 'late start',
    about: 'the same, and the remote class is connected only after a third of the run',
    draw: (random) =>
      historyOf(random, nodeTriggers(random, midway, 10), { ...even, from: [0, seconds / 3] }),
  },
  {
    name: '8 to 2, nodes',
    about: '8 and 2 connections; triggers hit a whole node',
    draw: (random) => historyOf(random, nodeTriggers(random), uneven),
  },
  {
    name: '8 to 2, connections',
    about: '8 and 2 connections; triggers hit single connections, any one equally often',
    draw: (random) => {
      const times = poissonTimes(random, seconds, 1 / meanGap);
      return historyOf(
        random,
        times.map((at) => onOneSide(random, at, 1, unevenShare)),
        uneven,
      );
    },
  },
  {
    name: '8 to 2, both kinds',
    about: '8 and 2 connections; half of the triggers hit a node, half a single connection',
    draw: (random) => {
      const times = poissonTimes(random, seconds, 1 / meanGap);
      const triggers = times.map((at) => onOneSide(random, at, 2, random.next() < 0.5 ? 0.5 : unevenShare));
      return historyOf(random, triggers, uneven);
    },
  },
  {
    name: 'common triggers',
    about: 'two of three triggers hit both classes at once',
    draw: (random) => {
      const times = poissonTimes(random, seconds, 1 / (meanGap / 2));
      const draw = (at: number): SimulatedTrigger =>
        random.next() < 2 / 3 ? { at, hits: [4, 4] } : onOneSide(random, at, 4);
      return historyOf(random, times.map(draw), even);
    },
  },
  {
    name: 'clockwork',
    about: 'each node has its own agent, which acts every 60 s with 10% jitter',
    draw: (random) => {
      const triggers: SimulatedTrigger[] = [];
      for (const hits of [
        [4, 0],
        [0, 4],
      ] as const) {
        for (let at = 60 * random.next(); at < seconds; at += 60 + 6 * random.next())
          triggers.push({ at, hits });
      }
      return historyOf(random, triggers, even);
    },
  },
  {
    name: 'the bug on both',
    about: 'on each node an agent deletes a rule every 90 s + 0..9 s, and another puts it back within 10 s',
    draw: (random) => {
      const triggers: SimulatedTrigger[] = [];
      for (const hits of [
        [4, 0],
        [0, 4],
      ] as const) {
        for (let at = 90 * random.next(); at < seconds; at += 90 + 9 * random.next()) {
          triggers.push({ at, hits }, { at: at + 10 * random.next(), hits });
        }
      }
      return historyOf(random, triggers, even);
    },
  },
  {
    name: 'crowded',
    about: 'a trigger every 3 s, so that many fall into the window of another',
    draw: (random) =>
      historyOf(
        random,
        nodeTriggers(random, (at) => (at < 1_500 ? 1 : 0), 3),
        even,
      ),
  },
];

/** What the model does not cover: false alarms are to be expected, and the page says so. */
export const outside: readonly Setting[] = [
  {
    name: 'series',
    about:
      'a cause makes three episodes of one class on average, 10 s apart, then the next cause picks a class',
    draw: (random) => {
      const triggers: SimulatedTrigger[] = [];
      for (const begin of poissonTimes(random, seconds, 1 / (3 * meanGap))) {
        const first = onOneSide(random, begin, 4);
        for (let at = begin, again = true; again; at += 10 * (0.8 + 0.4 * random.next())) {
          triggers.push({ ...first, at });
          again = random.next() < 2 / 3;
        }
      }
      return historyOf(random, triggers, even);
    },
  },
  {
    name: 'crowded, 8 to 2',
    about: '8 and 2 connections, triggers of single connections every 3 s',
    draw: (random) => {
      const times = poissonTimes(random, 1_500, 1 / 3);
      return historyOf(
        random,
        times.map((at) => onOneSide(random, at, 1, unevenShare)),
        uneven,
      );
    },
  },
];
