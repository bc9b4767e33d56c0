// What a run in the lab is made of, as plain data: read once from what the user wants, and handed to the inside of the world as it is.
import { findScenario } from '../lab/scenarios/index.ts';
import { findWorkload, refuseUnable } from '../lab/workloads/foreign/index.ts';
import { patiencePlan } from '../lab/workloads/foreign/tasks.ts';
import { Problem } from '../model/problem.ts';
import type { Choice, Setup } from '../model/scenario.ts';
import type { Expectation } from './conclude.ts';

/** Times in milliseconds, as they run: `speed` has divided them. */
export interface LabSettings {
  /** The scenario's name. */
  readonly scenario: string;
  readonly choice: Choice;
  /** Whose connections the world carries; null for our own probes. */
  readonly workload: string | null;
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
  /** Of a workload that is not ours: what its diagnosis ought to find, null for nothing. */
  readonly expectedCause: string | null;
  /** The run's folder, absolute. */
  readonly folder: string;
}

/** What differs from the scenario's defaults; `periodMs` is the real one, before `speed` divides it. */
export type LabWishes = Pick<LabSettings, 'scenario' | 'choice' | 'seed' | 'folder'> &
  Pick<Unset<LabSettings>, 'speed' | 'connections' | 'periodMs' | 'durationMs' | 'expected' | 'workload'>;

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
  const workload = wishes.workload ?? null;
  const setup = scenario.setup(choice, workload === null ? 'probes' : 'foreign');
  if (workload !== null) refuseUnable(findWorkload(workload), scenario.name, setup);
  const periodMs = wishes.periodMs ?? setup.clientPeriodMs;
  return {
    ...{ scenario: scenario.name, choice, workload, seed, speed, folder },
    connections: wishes.connections ?? defaults.connections,
    periodMs: periodMs / speed,
    // A trigger is noticed within a period; twice that also covers clients that run late (docs/calibration.md).
    episodeWindowMs: (setup.episodeWindowMs ?? 2 * periodMs) / speed,
    durationMs: wishes.durationMs ?? (defaults.durationMs * defaults.speed) / speed,
    expected: wishes.expected ?? scenario.expected(choice),
    expectedCause: scenario.expectedCause(choice),
  };
}

/** The world of a run: the scenario's, with what programs that are not ours need besides. */
export function setupOf({ scenario, choice, workload, speed }: LabSettings): Setup {
  if (workload === null) return findScenario(scenario).setup(choice);
  const setup = findScenario(scenario).setup(choice, 'foreign');
  return { ...setup, plan: [...setup.plan, ...patiencePlan(setup, speed)] };
}
