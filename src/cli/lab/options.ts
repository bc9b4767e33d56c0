// What the user typed after `lab run` and `lab matrix`, checked, with the scenario's defaults filled in.
import { choose, defaultScenario, findScenario } from '../../lab/scenarios/index.ts';
import { parseDuration } from '../../model/duration.ts';
import { Problem } from '../../model/problem.ts';
import { outcomes } from '../../model/run-record.ts';
import type { Outcome } from '../../model/run-record.ts';
import type { Choice, Scenario } from '../../model/scenario.ts';
import { chooseFolder } from '../../run-folder/make-folder.ts';

/** As commander hands them over. */
export interface RunFlags {
  readonly without?: readonly string[];
  readonly variant?: string;
  readonly fix?: string;
  readonly seed: string;
  readonly speed?: string;
  readonly connections?: string;
  readonly period?: string;
  readonly duration?: string;
  readonly out?: string;
  readonly expect?: string;
}

export interface RunSettings {
  readonly scenario: Scenario;
  readonly choice: Choice;
  readonly seed: number;
  readonly speed: number;
  readonly connections: number;
  /** After `speed`. */
  readonly periodMs: number;
  readonly episodeWindowMs: number;
  readonly durationMs: number;
  readonly expected: Outcome | 'any';
  /** Absolute. */
  readonly folder: string;
}

/** Throws a usage Problem, one sentence with the allowed values, for anything that cannot be run. */
export function readRunSettings(name: string | undefined, flags: RunFlags, startedAt: Date): RunSettings {
  const scenario = findScenario(name ?? defaultScenario);
  const choice = choose(scenario, flags);
  const { defaults } = scenario;
  const speed = flags.speed === undefined ? defaults.speed : number('--speed', flags.speed, 0.1, 1_000);
  if (scenario.realTime === true && speed !== 1) {
    const why = 'timers of the kernel, which go no faster, are part of it';
    throw new Problem('usage', `${scenario.name} runs at --speed 1 only: ${why}.`);
  }
  const setup = scenario.setup(choice);
  const period =
    flags.period === undefined ? setup.clientPeriodMs : positiveDuration('--period', flags.period);
  const seed = whole('--seed', flags.seed, 0, 2 ** 31 - 1);
  return {
    scenario,
    choice,
    seed,
    speed,
    connections:
      flags.connections === undefined
        ? defaults.connections
        : whole('--connections', flags.connections, 1, 10_000),
    periodMs: period / speed,
    // A trigger is noticed within a period; twice that also covers clients that run late (docs/calibration.md).
    episodeWindowMs: (setup.episodeWindowMs ?? 2 * period) / speed,
    durationMs:
      flags.duration === undefined
        ? (defaults.durationMs * defaults.speed) / speed
        : positiveDuration('--duration', flags.duration),
    expected: readExpected(flags.expect) ?? scenario.expected(choice),
    folder: chooseFolder(flags.out, startedAt, scenario.name),
  };
}

function readExpected(text: string | undefined): Outcome | 'any' | undefined {
  if (text === undefined || text === 'any') return text;
  const found = outcomes.find((outcome) => outcome === text);
  if (found === undefined) {
    throw new Problem('usage', `--expect ${text} is no outcome; choose one of: ${outcomes.join(', ')}, any.`);
  }
  return found;
}

function positiveDuration(flag: string, text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds <= 0) throw new Problem('usage', `${flag} must be longer than nothing.`);
  return milliseconds;
}

function number(flag: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= low && value <= high)) {
    throw new Problem('usage', `${flag} ${text} must be a number from ${low} to ${high}.`);
  }
  return value;
}

export function whole(flag: string, text: string, low: number, high: number): number {
  if (!/^[0-9]+$/.test(text)) {
    throw new Problem('usage', `${flag} ${text} must be a whole number from ${low} to ${high}.`);
  }
  return number(flag, text, low, high);
}
