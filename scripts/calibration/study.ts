// Everything that docs/calibration.md shows, computed from one seed.
import { ratios } from './alternatives.ts';
import { rateMisses, ratioMisses, type Misses, type RateMisses } from './coverage.ts';
import { falseAlarms, falseAlarmsUnguarded, type FalseAlarms } from './false-alarms.ts';
import type { Setting } from './history.ts';
import { everNone, type Rates } from './none.ts';
import { nulls, outside } from './nulls.ts';
import { power, type Power } from './power.ts';
import type { Proportion } from './proportion.ts';

/** Triggers per history in the tables of power and coverage. */
export const episodes = 300;
/** Episode windows that are tried, in probe periods. */
const windows = [0.1, 0.25, 0.5, 1, 2, 5, 15] as const;
/** A window as long as the pauses in the series of `outside`, in seconds. */
export const seriesWindow = 13;

interface Unguarded {
  readonly setting: Setting;
  readonly without: string;
  readonly alarms: Proportion;
  readonly guarded: Proportion;
}

interface WindowRow {
  readonly window: number;
  readonly alarms: FalseAlarms;
  readonly power: Power;
}

interface NoneRow {
  readonly rates: Rates;
  /** Within 10, 30 and 100 mean gaps at the maximum rate. */
  readonly within: readonly Proportion[];
}

export const noneLengths = [10, 30, 100] as const;

export interface Study {
  readonly histories: number;
  readonly seed: number;
  readonly nulls: readonly FalseAlarms[];
  readonly unguarded: readonly Unguarded[];
  readonly outside: readonly (FalseAlarms & { readonly window: number })[];
  readonly powers: readonly Power[];
  readonly ratioMisses: readonly { readonly ratio: number; readonly misses: Misses }[];
  readonly rateMisses: RateMisses;
  readonly none: readonly NoneRow[];
  readonly windows: readonly WindowRow[];
}

/** Runs the whole study; `onPart` is told what comes next. The windows are tried with half as many histories. */
export function runStudy(histories: number, seed: number, onPart: (name: string) => void): Study {
  const part = <T>(name: string, run: () => T): T => {
    onPart(name);
    return run();
  };
  const nullRows = nulls.map((setting, index) =>
    part(`false alarms: ${setting.name}`, () => falseAlarms(setting, histories, seed + index)),
  );
  return {
    histories,
    seed,
    nulls: nullRows,
    unguarded: part('the same without safeguards', () => unguardedRows(nullRows, histories, seed)),
    outside: part('outside the model', () => outsideRows(histories, seed)),
    powers: ratios.map((ratio) =>
      part(`power: ratio ${ratio}`, () => power(ratio, episodes, histories, seed)),
    ),
    ratioMisses: [1, 2, 4, 10].map((ratio) =>
      part(`coverage: ratio ${ratio}`, () => ({
        ratio,
        misses: ratioMisses(ratio, episodes, histories, seed),
      })),
    ),
    rateMisses: part('coverage: one rate', () => rateMisses(200, histories, seed)),
    none: part('none', () => noneRows(histories, seed)),
    windows: windows.map((window) =>
      part(`window: ${window}`, () => windowRow(window, Math.ceil(histories / 2), seed)),
    ),
  };
}

function unguardedRows(rows: readonly FalseAlarms[], histories: number, seed: number): Unguarded[] {
  const shares = {
    'late start': {
      without: 'all triggers compared, null share by the time each class was watched',
      share: (a: Watched, b: Watched) => lengthOf(a) / (lengthOf(a) + lengthOf(b)),
    },
    '8 to 2, nodes': {
      without: 'null share by connections alone',
      share: (a: Watched, b: Watched) => a.connections / (a.connections + b.connections),
    },
    '8 to 2, connections': { without: 'null share by nodes alone', share: () => 0.5 },
  };
  return rows.flatMap(({ setting, differs }) => {
    if (!(setting.name in shares)) return [];
    const { without, share } = shares[setting.name as keyof typeof shares];
    const alarms = falseAlarmsUnguarded(setting, histories, seed, (history) =>
      share(history.coLocated, history.remote),
    );
    return [{ setting, without, alarms, guarded: differs }];
  });
}

interface Watched {
  readonly connections: number;
  readonly from: number;
  readonly until: number;
}

const lengthOf = ({ from, until }: Watched): number => until - from;

function outsideRows(histories: number, seed: number): (FalseAlarms & { window: number })[] {
  const rows = outside.map((setting) => ({ ...falseAlarms(setting, histories, seed), window: 1 }));
  const series = outside[0];
  if (series === undefined) return rows;
  const longer = { ...falseAlarms(series, histories, seed, seriesWindow), window: seriesWindow };
  return [...rows.slice(0, 1), longer, ...rows.slice(1)];
}

function noneRows(histories: number, seed: number): NoneRow[] {
  const rates: readonly Rates[] = [
    [1, 1],
    [1, 0],
    [0, 1.5],
    [0.5, 0.5],
    [0.2, 0.2],
    [0, 0],
  ];
  return rates.map((pair) => ({
    rates: pair,
    within: noneLengths.map((length) => everNone(pair, length, histories, seed)),
  }));
}

function windowRow(window: number, histories: number, seed: number): WindowRow {
  const steady = nulls[0];
  if (steady === undefined) throw new RangeError('there is no null to try windows on');
  return {
    window,
    alarms: falseAlarms(steady, histories, seed, window),
    power: power(4, 100, histories, seed, window),
  };
}
