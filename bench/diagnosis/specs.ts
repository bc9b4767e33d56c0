// Which runs the benchmark makes: so many of each cause, spread over its variants; some under other conditions; some with each fix.
import { resolve } from 'node:path';
import { asSeen } from '../../src/experiment/lab-settings.ts';
import type { Choice, Named, Scenario } from '../../src/model/scenario.ts';
import { choose, findScenario } from '../../src/lab/scenarios/index.ts';
import { findWorkload, refuseUnable } from '../../src/lab/workloads/foreign/index.ts';
import { Problem } from '../../src/model/problem.ts';
import type { Truth } from './judgement.ts';
import { seedOf } from './models-hash.ts';

export const conditions = [
  'plain',
  'watched',
  'real workloads',
  'IPv6',
  "server in the node's namespace",
  'busy machine',
  'rootless',
  'fixed',
] as const;
export type Condition = (typeof conditions)[number];

/** Further words for `lab run` under a condition, the first of which it must know. */
export const wordsUnder: Partial<Record<Condition, readonly [string, ...string[]]>> = {
  // A watcher on each node costs more than all else of a run: not every run has them.
  watched: ['--watch'],
  'real workloads': ['--watch'],
  IPv6: ['--family', 'ipv6'],
  "server in the node's namespace": ['--server', 'node'],
};

/** Whose connections they are under `real workloads`, one after the other; the program of gRPC is the tests'. */
const workloads = ['raw', 'redis', 'postgres', 'http', 'grpc'] as const;
export type Workload = (typeof workloads)[number];

export interface TrialSpec {
  readonly condition: Condition;
  readonly scenario: string;
  readonly variant: string;
  readonly fix: string | null;
  /** Null for our own clients and server. */
  readonly workload: Workload | null;
  readonly seed: number;
}

/**
 * How many of each: of every scenario, of `healthy` with real workloads, of each cause watched live and with real workloads, of each in
 * other surroundings (IPv6, on the node, beside a busy machine), as an ordinary user, of a variant with a fix.
 */
export interface Amounts {
  readonly seeds: number;
  readonly healthy: number;
  readonly conditionSeeds: number;
  readonly surroundingSeeds: number;
  readonly rootlessSeeds: number;
  readonly fixSeeds: number;
}

export const fullPass: Amounts = {
  ...{ seeds: 20, healthy: 50, conditionSeeds: 5, surroundingSeeds: 2, rootlessSeeds: 2, fixSeeds: 0 },
};

/** Those that the catalogue began with: of each of the others half as many runs are made, so that a pass fits into an evening. */
const early: ReadonlySet<string> = new Set([
  ...['healthy', 'gke-intranode-policy', 'conntrack-entry-deleted', 'conntrack-invalid', 'conntrack-expired'],
  ...['conntrack-table-full', 'policy-reject', 'endpoint-replaced', 'server-process-died', 'server-aborted'],
  ...['forged-reset', 'silent-drop', 'probe-stalled'],
]);

/** How many runs of a scenario are made, where so many are made of the early ones. */
export const amountFor = ({ name }: Pick<Scenario, 'name'>, most: number): number =>
  early.has(name) ? most : Math.ceil(most / 2);

/**
 * Round by round, so that a benchmark which is cut short has about as many of each. Within a round, those beside a busy machine
 * come last.
 * @param models The hash that the seeds follow from.
 */
export function rounds(scenarios: readonly Scenario[], models: string, amounts: Amounts): TrialSpec[][] {
  const some = (condition: Condition, scenario: Scenario, from: number, to: number): TrialSpec[] => {
    const forms = formsUnder(condition, scenario);
    return Array.from({ length: Math.max(0, to - from) }, (_, offset) => from + offset).flatMap((index) => {
      const form = forms[index % forms.length];
      const seed = seedOf(models, `${condition} ${scenario.name}`, index);
      return form === undefined ? [] : [{ condition, scenario: scenario.name, ...form, fix: null, seed }];
    });
  };
  const { seeds, conditionSeeds, surroundingSeeds, rootlessSeeds, fixSeeds } = amounts;
  const count = Math.max(seeds, conditionSeeds, surroundingSeeds, rootlessSeeds, fixSeeds, 1);
  const healthyUpTo = (round: number) => Math.ceil((amounts.healthy * round) / count);
  return Array.from({ length: count }, (_, round) => {
    const under = (condition: Condition, most: number, among = scenarios) =>
      among
        .filter((scenario) => round < amountFor(scenario, most))
        .flatMap((scenario) => some(condition, scenario, round, round + 1));
    const well = scenarios
      .filter(isHealthy)
      .flatMap((scenario) => some('real workloads', scenario, healthyUpTo(round), healthyUpTo(round + 1)));
    return [
      ...under('plain', amounts.seeds),
      ...under('watched', amounts.conditionSeeds),
      ...well,
      ...under(
        'real workloads',
        amounts.conditionSeeds,
        scenarios.filter((scenario) => !isHealthy(scenario)),
      ),
      ...under('IPv6', amounts.surroundingSeeds),
      ...under("server in the node's namespace", amounts.surroundingSeeds),
      ...under('rootless', amounts.rootlessSeeds),
      ...(round < amounts.fixSeeds
        ? scenarios.flatMap((scenario) => withFixes(scenario, models, round))
        : []),
      ...under('busy machine', amounts.surroundingSeeds),
    ];
  });
}

/** Those that the condition leaves something to be found of; where it leaves nothing, all: then nothing may be found. */
function variantsUnder(condition: Condition, scenario: Scenario): readonly Named[] {
  const hit = scenario.variants.filter(
    ({ name: variant }) =>
      scenario.expectedCause(seenUnder(condition, choose(scenario, { variant }))) !== null,
  );
  return hit.length === 0 ? scenario.variants : hit;
}

function seenUnder(condition: Condition, choice: Choice): Choice {
  return asSeen(choice, condition === "server in the node's namespace" ? 'node' : 'pod');
}

/** What is run under a condition, in an order in which neighbours differ in as much as can be. */
function formsUnder(
  condition: Condition,
  scenario: Scenario,
): readonly Pick<TrialSpec, 'variant' | 'workload'>[] {
  const variants = variantsUnder(condition, scenario);
  if (condition !== 'real workloads') return variants.map(({ name }) => ({ variant: name, workload: null }));
  // Shifted by one when the turns begin anew, so that each program meets each variant.
  const period =
    variants.length % workloads.length === 0 ? variants.length : variants.length * workloads.length;
  const pairs = Array.from({ length: variants.length * workloads.length }, (_, turn) => {
    const { name: variant } = variants[turn % variants.length] ?? scenario.variants[0];
    const workload = workloads[(turn + Math.floor(turn / period)) % workloads.length] ?? workloads[0];
    return { variant, workload };
  });
  return pairs.filter(({ variant, workload }) => isAble(scenario, variant, workload));
}

/** Whether the program can do what the scenario wants of it: a run that is refused tells nothing. */
function isAble(scenario: Scenario, variant: string, workload: Workload): boolean {
  try {
    refuseUnable(
      findWorkload(workloadWord(workload)),
      scenario.name,
      scenario.setup(choose(scenario, { variant }), 'foreign'),
    );
    return true;
  } catch (error) {
    if (error instanceof Problem && error.kind === 'usage') return false;
    throw error;
  }
}

const grpcProgram = resolve(import.meta.dirname, '../../test/workloads/grpc.ts');

/** As `lab run --workload` takes it. */
export const workloadWord = (workload: Workload): string =>
  workload === 'grpc' ? `grpc=${grpcProgram}` : workload;

function withFixes(scenario: Scenario, models: string, index: number): TrialSpec[] {
  return scenario.variants.flatMap(({ name: variant }) =>
    scenario.fixes.map(({ name: fix }): TrialSpec => {
      const seed = seedOf(models, `fixed ${scenario.name} ${variant} ${fix}`, index);
      return { condition: 'fixed', scenario: scenario.name, variant, fix, workload: null, seed };
    }),
  );
}

const isHealthy = (scenario: Scenario) => scenario.expectedCause(choose(scenario)) === null;

/** The same for two runs that are made alike. */
export function trialKey({ condition, scenario, variant, fix, workload, seed }: TrialSpec): string {
  return JSON.stringify([condition, scenario, variant, fix, workload, seed]);
}

export function choiceOf({ scenario, variant, fix }: TrialSpec): Choice {
  return choose(findScenario(scenario), { variant, ...(fix === null ? {} : { fix }) });
}

/** What a diagnosis of the run ought to find; it never sees this. */
export function truthOf(spec: TrialSpec): Truth {
  const scenario = findScenario(spec.scenario);
  const choice = seenUnder(spec.condition, choiceOf(spec));
  const cause = scenario.expectedCause(choice);
  const besides = cause === null ? [] : (scenario.besides ?? []);
  return { cause, authors: scenario.expectedAuthor(choice), besides };
}

/** A verdict of `none` takes the scenario's whole length; half of it, six seconds at least, shows most faults several times. */
export function durationMsOf({ scenario, condition }: TrialSpec): number {
  const { defaults, realTime = false } = findScenario(scenario);
  // What the kernel's own patience is part of takes its time.
  const isWhole = condition === 'fixed' || realTime;
  return isWhole ? defaults.durationMs : Math.max(6_000, defaults.durationMs / 2);
}

/** Making a world, taking it away and diagnosing, of which one run needs about so much beside its duration. */
const besidesMs = 2_000;

/** Minutes that the runs take, so many at a time; an estimate to plan by. */
export function estimateMinutes(specs: readonly TrialSpec[], jobs: number): number {
  return specs.reduce((sum, spec) => sum + durationMsOf(spec) + besidesMs, 0) / jobs / 60_000;
}
