// How the page writes numbers: three figures, thousands apart, times from the run's beginning.
import type { Micros } from '../../model/clock.ts';
import { formatDuration } from '../../model/duration.ts';
import type { Rate } from '../../model/run-record.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const figures = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

export const countText = (value: number): string => whole.format(value);

/** Three significant figures, but never fewer than all of a whole number: 4,214; 31.6; 0.052. */
export const amountText = (value: number): string => (value >= 100 ? whole : figures).format(value);

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${countText(value)} ${value === 1 ? one : many}`;

export function rateText({ estimate }: Rate): string {
  return estimate === null ? 'unknown' : amountText(estimate);
}

export function intervalText({ low, high }: Rate): string {
  return `${amountText(low)} to ${high === null ? 'any' : amountText(high)}`;
}

/** Milliseconds with a unit that fits: `1.75 ms`, `320 µs`, `2.4 s`. */
export function latencyText(milliseconds: number | null): string {
  if (milliseconds === null) return 'none';
  if (milliseconds < 1) return `${amountText(milliseconds * 1_000)} µs`;
  if (milliseconds < 1_000) return `${amountText(milliseconds)} ms`;
  return `${amountText(milliseconds / 1_000)} s`;
}

export const durationText = (seconds: number): string =>
  seconds === 0
    ? '0'
    : formatDuration(seconds < 60 ? Math.round(seconds * 10) * 100 : Math.round(seconds) * 1_000);

/** A moment as time since the run's beginning: `1.343 s`, `12m05.2s`. */
export function sinceText(at: Micros, startedAt: Micros): string {
  const seconds = (at - startedAt) / 1e6;
  if (Math.abs(seconds) < 120) return `${seconds.toFixed(3)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds - minutes * 60).toFixed(1).padStart(4, '0');
  const hours = Math.floor(minutes / 60);
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 ? String(minutes % 60).padStart(2, '0') : minutes}m${rest}s`;
}

/** Never rounds up to certainty. */
export const percentText = (share: number): string => `${Math.min(99.9, Math.floor(share * 1_000) / 10)}%`;
