// How long something was said to last: what an idle time is recognised by.

export interface Duration {
  readonly said: string;
  readonly seconds: number;
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

const numbers: Readonly<Record<string, number>> = {
  ...{
    a: 1,
    an: 1,
    one: 1,
    two: 2,
    three: 3,
    four: 4,
    five: 5,
    six: 6,
    seven: 7,
    eight: 8,
    nine: 9,
    ten: 10,
  },
  ...{ fifteen: 15, twenty: 20, thirty: 30, half: 0.5 },
};

const amount = `([0-9]+(?:[.,][0-9]+)?|${Object.keys(numbers).join('|')})`;
const between = '(?:[- ]?(?:idle|silent|quiet|full|more))?[- ]?';
const unit = '(ms|msecs?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)';
/** Of `15 to 20 minutes` both are said in one unit. */
const range = `(?:${amount} ?(?:-|–|to|or) ?)?`;
const pattern = new RegExp(`\\b${range}${amount}${between}${unit}\\b`, 'g');
/** As programs in Go print and read them: `15m0s`, `2h30m`. */
const compound = /\b(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?\b/g;

/** Shorter ones are how fast an answer came, not how long anybody waited. */
const leastSeconds = 2;

/** All that a text says of at least two seconds. */
export function durationsIn(text: string): Duration[] {
  const lower = text
    .toLowerCase()
    .replace(/\b(?:a )?quarter of an hour\b/g, '15 minutes')
    .replace(/\bhalf an hour\b/g, '30 minutes')
    .replace(compound, (said, ...parts: (string | undefined)[]) => {
      const [hours, minutes, seconds] = parts.slice(0, 3).map((part) => Number(part ?? 0));
      const isOne = parts.slice(0, 3).filter((part) => part !== undefined).length < 2;
      return isOne ? said : `${(hours ?? 0) * 3_600 + (minutes ?? 0) * 60 + (seconds ?? 0)} s`;
    });
  return [...lower.matchAll(pattern)].flatMap(([said, least, count, name = '']) =>
    [least, count].flatMap((one) => {
      if (one === undefined) return [];
      const perUnit = name.startsWith('ms') || name.startsWith('milli') ? 0.001 : units[name.charAt(0)];
      const seconds = (numbers[one] ?? Number(one.replace(',', '.'))) * (perUnit ?? 1);
      return seconds >= leastSeconds ? [{ said, seconds }] : [];
    }),
  );
}

/** Whether two mean one clock: nobody who waits has it exact, and 350 s are called six minutes. */
export const areAlike = (one: number, other: number): boolean =>
  Math.abs(one - other) <= 0.05 * Math.max(one, other);
