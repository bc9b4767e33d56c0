// docs/calibration.md: the method in words, the figures in tables, the limits.
import { ratioName } from './alternatives.ts';
import { number, outcomes, table } from './markdown.ts';
import { method } from './method.ts';
import { percent, quantile } from './proportion.ts';
import { episodes, noneLengths, seriesWindow, type Study } from './study.ts';

/** The whole page as Markdown. */
export function calibrationPage(study: Study): string {
  return [
    heading(study),
    method,
    falseAlarmSection(study),
    powerSection(study),
    coverageSection(study),
    noneSection(study),
    windowSection(study),
    limitSection(study),
    reproduction(study),
  ].join('\n\n');
}

function heading({ histories }: Study): string {
  return `# How far the verdict can be trusted

The verdict may be looked at after every reset, and the run stopped as soon as it suits: the promised 5% of wrong decisions hold
all the same. This page checks that promise on simulated histories, ${histories.toLocaleString('en')} of each kind, through the
code that decides real runs. Figures are percentages ± their Monte Carlo standard error.`;
}

function falseAlarmSection({ nulls, unguarded }: Study): string {
  return `## False alarms

Both classes are hit alike; every moment is looked at. *differs*: the difference was ever called decided (at most 5% promised). *…-only*: such an outcome was
ever given. *textbook*: an exact binomial test on single resets, by connection time, was ever below 5%.

${table(
  ['history', 'what happens in it', 'triggers', 'differs', '…-only', 'textbook'],
  nulls.map((row) => [
    row.setting.name,
    row.setting.about,
    row.triggers.toFixed(0),
    percent(row.differs),
    percent(row.only),
    percent(row.textbook),
  ]),
)}

![False alarms by kind of history](calibration/false-alarms.svg)

What the safeguards are for, shown by leaving them out:

${table(
  ['history', 'without the safeguard', 'false alarms without', 'with'],
  unguarded.map((row) => [row.setting.name, row.without, percent(row.alarms), percent(row.guarded)]),
)}`;
}

function powerSection({ powers }: Study): string {
  return `## How soon a difference is seen

The co-located class is hit once a minute on average, *ratio* times as often as the remote one, for up to ${episodes} triggers. *Triggers* and *minutes*
until decided: median, and 90% of all histories; – where so many were never decided.

${table(
  ['ratio', 'decided', 'triggers', '90%', 'minutes', '90%', 'outcome when decided', 'outcome in the end'],
  powers.map((row) => {
    const { of } = row.decided;
    return [
      ratioName(row.ratio),
      percent(row.decided),
      number(quantile(row.triggers, 0.5, of)),
      number(quantile(row.triggers, 0.9, of)),
      number(quantile(row.minutes, 0.5, of)),
      number(quantile(row.minutes, 0.9, of)),
      outcomes(row.atDecision, of),
      outcomes(row.atEnd, of),
    ];
  }),
)}

![Histories decided after so many episodes](calibration/power.svg)

At small ratios a difference is often seen before the few episodes of the other class prove anything; the outcome turns from \`co-located-only\` to
\`both\` when they do. Here the maximum is one episode an hour; even at a ratio of 10 the remote class has six, and is in the end rightly called affected.`;
}

function coverageSection({ ratioMisses, rateMisses }: Study): string {
  return `## Intervals

How often the 95% interval of the rate ratio misses the true one: at a random moment, at the moment when the difference is decided (or at the end, after
${episodes} triggers), at any moment at all; and how often the textbook's exact interval does at any moment.

${table(
  ['ratio', 'at a random moment', 'when decided', 'ever', 'textbook, ever'],
  ratioMisses.map(({ ratio, misses }) => [
    ratioName(ratio),
    percent(misses.atRandom),
    percent(misses.atDecision),
    percent(misses.ever),
    percent(misses.textbookEver),
  ]),
)}

![Intervals that ever missed the truth](calibration/coverage.svg)

The bounds on the rate of one class, over 200 episodes on average; each bound promises at most 5%. Between two episodes the proof of a low rate grows
steadily instead of in jumps, so the upper bound uses up its 5% to the full:

${table(
  [
    'lower bound ever above',
    'upper bound ever below',
    'either, at a random moment',
    'textbook (Garwood), ever',
  ],
  [
    [
      percent(rateMisses.above),
      percent(rateMisses.below),
      percent(rateMisses.atRandom),
      percent(rateMisses.textbookEver),
    ],
  ],
)}`;
}

function noneSection({ none }: Study): string {
  return `## \`none\`

Rates are multiples of the maximum; time is in mean gaps between episodes at that maximum. In the first three rows a class is hit at the maximum or above it, and \`none\` is wrong.

${table(
  ['co-located', 'remote', ...noneLengths.map((length) => `\`none\` within ${length} gaps`)],
  none.map(({ rates, within }) => [String(rates[0]), String(rates[1]), ...within.map(percent)]),
)}`;
}

function windowSection({ windows }: Study): string {
  return `## The episode window

Four connections find out about a trigger at random moments of one probe period. With too short a window one trigger counts several times for the
same class, which makes false alarms; too long a window joins triggers of both classes, which costs power. One period is the least that is right, and
twice that leaves room for clients that are late themselves and costs next to nothing. Every verdict says what it would be with half and with twice its window.
False alarms are those of \`steady\`; power is for a ratio of 4 within 100 triggers, the co-located class being hit once a minute on average, which is every 60 periods.

${table(
  ['window, in periods', 'false alarms', 'decided at ratio 4', 'median minutes'],
  windows.map(({ window, alarms, power }) => [
    String(window),
    percent(alarms.differs),
    percent(power.decided),
    number(quantile(power.minutes, 0.5, power.decided.of)),
  ]),
)}`;
}

function limitSection({ outside }: Study): string {
  return `## What the promise does not cover

The 5% assume that, without a difference, each trigger's class is drawn anew. These histories break that:

${table(
  ['history', 'what happens in it', 'window', 'false alarms'],
  outside.map((row) => [row.setting.name, row.setting.about, `${row.window} s`, percent(row.differs)]),
)}

* **A cause that makes a series of episodes in one class** counts as often as it makes them. If the other class has the like at other times, give a window as
  long as the pauses within a series (above: ${seriesWindow} s instead of 1 s), or run for long enough to see several causes.
* **Unequal numbers of connections and triggers that crowd each other's windows**: joining favours the class that is hit
  more often, so the ratio comes out too large. Use the same number of connections in both
  classes, as the lab and the cluster run do.
* **\`none\` is about a rate that holds throughout.** A fault that comes once a day is not excluded by a morning without it.
* **Clocks.** Whether a trigger was common is seen from both clients' clocks; they must agree to well within the episode window.
* **A difference is between the classes as they were.** If they differ in more than where the client sits, the verdict cannot say which of it matters.`;
}

function reproduction({ histories, seed }: Study): string {
  return `---

Written by \`npm run calibrate\`, with ${histories.toLocaleString('en')} histories per setting (half as many per window) and seed ${seed}. The settings are in \`scripts/calibration/\`; a
small version runs with the tests.
`;
}
