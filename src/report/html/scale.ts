// Where a value lies on an axis, in percent of its length, and where the axis is labelled.

export interface Tick {
  readonly percent: number;
  readonly value: number;
}

/** Two decimals are a tenth of a pixel on the widest screen, and keep the page small. */
export const rounded = (percent: number): number => Math.round(percent * 100) / 100;

export function linearPercent(value: number, low: number, high: number): number {
  return rounded((100 * (value - low)) / (high - low || 1));
}

export function logPercent(value: number, low: number, high: number): number {
  return linearPercent(Math.log(Math.max(value, low)), Math.log(low), Math.log(high));
}

/** Round steps (1, 2 or 5 times a power of ten) from 0 to `high`, about `wanted` of them. */
export function linearTicks(high: number, wanted: number): Tick[] {
  return ticksBy(roundStep(high / wanted), high);
}

const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];

/** Steps of time that a clock has. */
export function timeTicks(seconds: number, wanted: number): Tick[] {
  const least = seconds / wanted;
  const step = least < 1 ? roundStep(least) : (timeSteps.find((one) => one >= least) ?? 604_800);
  return ticksBy(step, seconds);
}

/** Powers of ten within the range, ends included. */
export function logTicks(low: number, high: number): Tick[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const value = 10 ** (first + index);
    return { value, percent: logPercent(value, low, high) };
  });
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least * 0.999) ?? power * 10;
}

function ticksBy(step: number, high: number): Tick[] {
  const count = Math.floor(high / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => {
    const value = index * step;
    return { value, percent: linearPercent(value, 0, high) };
  });
}
