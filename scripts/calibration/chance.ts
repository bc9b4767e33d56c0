// Random times and sizes for simulated histories; all from a seeded source.
import type { Random } from '../../src/model/random.ts';

/** Exponentially distributed, with mean 1. */
export function exponential(random: Random): number {
  return -Math.log(1 - random.next());
}

/** A whole number from low to high, small ones more often: every factor of ten is equally likely. */
export function logUniform(random: Random, low: number, high: number): number {
  return Math.floor(low * ((high + 1) / low) ** random.next());
}

/** Times of a Poisson process in [0, until), whose rate at time t is peak·shape(t), 0 ≤ shape ≤ 1 (thinning: Lewis and Shedler 1979). */
export function poissonTimes(
  random: Random,
  until: number,
  peak: number,
  shape: (at: number) => number = () => 1,
): number[] {
  const times: number[] = [];
  for (let at = exponential(random) / peak; at < until; at += exponential(random) / peak) {
    if (random.next() < shape(at)) times.push(at);
  }
  return times;
}
