// The histories that the verdict is tried on: with no difference between the classes, and with one.
import type { Random } from '../../src/model/random.ts';
import { exponential, logUniform, poissonTimes } from './chance.ts';
import type { SimulatedHistory } from './history.ts';

export interface Setting {
  readonly name: string;
  /** Finishes the sentence "Triggers …". */
  readonly about: string;
  draw(random: Random): SimulatedHistory;
}

/** Seconds between two probes of a connection: so long after the trigger can a connection find out. Also the episode window. */
export const period = 1;
const mean = 30;
const horizon = 6_000;
const connections = 4;

type Side = 0 | 1;
interface Options {
  readonly connections?: readonly [number, number];
  readonly from?: readonly [number, number];
  readonly until?: number;
}

/** Collects the resets of both classes while a setting draws its triggers. */
class Collector {
  readonly resets: [number[], number[]] = [[], []];

  /** A trigger hits `count` connections of one class, each of which finds out within a period. */
  hit(random: Random, side: Side, at: number, count: number, spread = period): void {
    for (let i = 0; i < count; i += 1) this.resets[side].push(at + spread * random.next());
  }

  history(options: Options = {}): SimulatedHistory {
    const { from = [0, 0], until = horizon } = options;
    const counts = options.connections ?? [connections, connections];
    const side = (index: Side) => ({
      connections: counts[index],
      from: from[index],
      until,
      resets: this.resets[index].filter((at) => at >= from[index] && at < until).sort((a, b) => a - b),
    });
    return { coLocated: side(0), remote: side(1) };
  }
}
