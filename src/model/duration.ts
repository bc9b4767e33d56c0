// Durations are written as Go writes them (`500ms`, `5s`, `1m30s`), or as a bare number of seconds, and held in milliseconds.
import { Problem } from './problem.ts';

const millisecondsPer: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const term = /([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)/y;

const bareNumber = /^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/;

/**
 * Parses a Go-style duration, or a bare number of seconds, into milliseconds. Throws a usage Problem for anything else, negative
 * values included.
 */
export function parseDuration(text: string): number {
  if (bareNumber.test(text)) return parseDuration(`${text}s`);
  let total = 0;
  term.lastIndex = 0;
  let end = 0;
  while (end < text.length) {
    const match = term.exec(text);
    if (match === null) break;
    total += Number(match[1]) * (millisecondsPer[match[2] ?? ''] ?? Number.NaN);
    end = term.lastIndex;
  }
  if (text === '' || end !== text.length || !Number.isFinite(total)) {
    throw new Problem('usage', `"${text}" is not a duration; write it like 500ms, 5s or 1m30s.`);
  }
  return total;
}

/** Writes milliseconds as a short Go-style duration: 1500 → `1.5s`, 90000 → `1m30s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1) return `${trim(milliseconds * 1_000)}µs`;
  if (milliseconds < 1_000) return `${trim(milliseconds)}ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 60) return `${trim(seconds)}s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor((whole % 3_600) / 60);
  const rest = whole % 60;
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${rest > 0 ? `${rest}s` : ''}`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(value < 10 ? 2 : 1)));
}
