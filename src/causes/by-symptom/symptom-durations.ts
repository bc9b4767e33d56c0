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
const unit = '(s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)';
const pattern = new RegExp(`\\b${amount}${between}${unit}\\b`, 'g');

/** Shorter ones are how fast an answer came, not how long anybody waited. */
const leastSeconds = 2;

/** All that a text says of at least two seconds. */
export function durationsIn(text: string): Duration[] {
  const lower = text
    .toLowerCase()
    .replace(/\ba quarter of an hour\b/g, '15 minutes')
    .replace(/\bhalf an hour\b/g, '30 minutes');
  return [...lower.matchAll(pattern)].flatMap(([said, count = '', name = '']) => {
    const seconds = (numbers[count] ?? Number(count.replace(',', '.'))) * (units[name.charAt(0)] ?? 1);
    return seconds >= leastSeconds ? [{ said, seconds }] : [];
  });
}

/** Whether two mean one clock: nobody who waits has it exact, and 350 s are called six minutes. */
export const areAlike = (one: number, other: number): boolean =>
  Math.abs(one - other) <= 0.05 * Math.max(one, other);
