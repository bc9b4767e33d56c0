// Wall-clock time in microseconds, because the lines of `ip -ts monitor` and `conntrack -E -o timestamp` that we are joined
// with have microseconds, and Date.now() alone has not.

/** Microseconds since the Unix epoch. */
export type Micros = number;

export interface Clock {
  /** Wall clock, µs since the epoch. */
  now(): Micros;
  /** Monotonic, milliseconds from any origin. */
  monotonic(): number;
}

/** The machine's clock. Follows steps of the wall clock (an NTP correction, a resumed VM) of more than 20 ms. */
export function systemClock(): Clock {
  let origin = performance.timeOrigin;
  return {
    now() {
      const before = performance.now();
      const wall = Date.now();
      const elapsed = performance.now();
      // If we were not run between the readings they do not belong together, and say nothing of the wall clock.
      const together = elapsed - before < 1;
      if (together && Math.abs(wall - (origin + elapsed)) > 20) origin = wall - elapsed;
      return Math.round((origin + elapsed) * 1_000);
    },
    monotonic: () => performance.now(),
  };
}

/** Whether `formatMicros` has a text for it that `parseMicros` reads: the years 1970 to 9999. */
export const isWritable = (at: Micros): boolean => at >= 0 && at < 253_402_300_800_000_000;

/** `2026-11-23T05:13:00.902130Z`. Throws a RangeError for what is no time. */
export function formatMicros(at: Micros): string {
  const second = Math.floor(at / 1_000_000);
  // Times are mostly written in their order, so that a second's text serves many.
  if (second !== formattedSecond) {
    secondText = new Date(second * 1_000).toISOString().slice(0, -'.000Z'.length);
    formattedSecond = second;
  }
  return `${secondText}.${String(Math.floor(at - second * 1_000_000)).padStart(6, '0')}Z`;
}

let formattedSecond = Number.NaN;
let secondText = '';

/** Reads an ISO 8601 time with up to nine fraction digits; NaN when it is none. */
export function parseMicros(text: string): Micros {
  if (text.length === ourLength && text.startsWith(readSecond) && text.endsWith('Z')) {
    const fraction = sixDigits(text, 20);
    if (fraction >= 0) return readMicros + fraction;
  }
  const match = /^([0-9-]+T[0-9:]+)(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:?[0-9]{2})$/.exec(text);
  if (match === null) return Number.NaN;
  const seconds = Date.parse(`${match[1] ?? ''}${match[3] ?? ''}`);
  const fraction = Number((match[2] ?? '0').padEnd(9, '0')) / 1_000;
  // Times are mostly read in their order, too.
  if (text.length === ourLength && match[3] === 'Z' && !Number.isNaN(seconds)) {
    readSecond = text.slice(0, 20);
    readMicros = seconds * 1_000;
  }
  return seconds * 1_000 + fraction;
}

/** Of a time as `formatMicros` writes it. */
const ourLength = 27;
// A second with its point, and what it is.
let readSecond = '\n';
let readMicros = Number.NaN;

/** The number in six places from `from` on; −1 where one of them is no digit. */
function sixDigits(text: string, from: number): number {
  let value = 0;
  for (let at = from; at < from + 6; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
