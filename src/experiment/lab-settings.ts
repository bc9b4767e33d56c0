// What a run in the lab is made of, as plain data: read once from what the user wants, and handed to the inside of the world as it is.
import { findScenario } from '../lab/scenarios/index.ts';
import { Problem } from '../model/problem.ts';
import type { Choice } from '../model/scenario.ts';
import type { Expectation } from './conclude.ts';

/** Times in milliseconds, as they run: `speed` has divided them. */
export interface LabSettings {
  /** The scenario's name. */
  readonly scenario: string;
  readonly choice: Choice;
  readonly seed: number;
  /** How many times faster than real the scenario's periods run. */
  readonly speed: number;
  /** Per class. */
  readonly connections: number;
  readonly periodMs: number;
  /** Resets of one class no further apart than this have one trigger. */
  readonly episodeWindowMs: number;
  readonly durationMs: number;
  readonly expected: Expectation;
  /** The run's folder, absolute. */
  readonly folder: string;
}

/** What differs from the scenario's defaults; `periodMs` is the real one, before `speed` divides it. */
export type LabWishes = Pick<LabSettings, 'scenario' | 'choice' | 'seed' | 'folder'> &
  Pick<Unset<LabSettings>, 'speed' | 'connections' | 'periodMs' | 'durationMs' | 'expected'>;

type Unset<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** Fills in the scenario's defaults. Throws a usage Problem for a speed that the scenario cannot run at. */
export function labSettings(wishes: LabWishes): LabSettings {
  const { choice, seed, folder } = wishes;
  const scenario = findScenario(wishes.scenario);
  const { defaults } = scenario;
  const speed = wishes.speed ?? defaults.speed;
  if (scenario.realTime === true && speed !== 1) {
    const why = 'timers of the kernel, which go no faster, are part of it';
    throw new Problem('usage', `${scenario.name} runs at --speed 1 only: ${why}.`);
  }
  const setup = scenario.setup(choice);
  const periodMs = wishes.periodMs ?? setup.clientPeriodMs;
  return {
    ...{ scenario: scenario.name, choice, seed, speed, folder },
    connections: wishes.connections ?? defaults.connections,
    periodMs: periodMs / speed,
    // A trigger is noticed within a period; twice that also covers clients that run late (docs/calibration.md).
    episodeWindowMs: (setup.episodeWindowMs ?? 2 * periodMs) / speed,
    durationMs: wishes.durationMs ?? (defaults.durationMs * defaults.speed) / speed,
    expected: wishes.expected ?? scenario.expected(choice),
  };
}
