// What the user typed after `lab run` and `lab matrix`, checked, with the scenario's defaults filled in.
import type { Expectation } from '../../experiment/conclude.ts';
import { serverPlaces, type LabWishes } from '../../experiment/lab-settings.ts';
import { findWorkload } from '../../lab/workloads/foreign/index.ts';
import { addressBlocks, type AddressBlock } from '../../lab/world/address-blocks.ts';
import { choose, defaultScenario, findScenario } from '../../lab/scenarios/index.ts';
import { parseDuration } from '../../model/duration.ts';
import { Problem } from '../../model/problem.ts';
import { serviceAccesses, serviceDataplanes } from '../../model/scenario.ts';
import { outcomes } from '../../model/run-record.ts';

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
  readonly watch?: true;
  readonly out?: string;
  readonly expect?: string;
  readonly workload?: string;
  readonly server?: string;
  readonly dataplane?: string;
  readonly access?: string;
  readonly family?: string;
  readonly addressBlock?: string;
}

/** Throws a usage Problem, one sentence with the allowed values, for anything that cannot be run. */
export function readWishes(name: string | undefined, flags: RunFlags, folder: string): LabWishes {
  const scenario = findScenario(name ?? defaultScenario);
  const given = <T>(flag: string, text: string | undefined, read: (flag: string, text: string) => T) =>
    text === undefined ? undefined : read(flag, text);
  return {
    scenario: scenario.name,
    choice: choose(scenario, flags),
    seed: whole('--seed', flags.seed, 0, 2 ** 31 - 1),
    folder,
    speed: given('--speed', flags.speed, (flag, text) => number(flag, text, 0.1, 1_000)),
    connections: given('--connections', flags.connections, (flag, text) => whole(flag, text, 1, 10_000)),
    periodMs: given('--period', flags.period, positiveDuration),
    durationMs: given('--duration', flags.duration, positiveDuration),
    watch: flags.watch,
    expected: given('--expect', flags.expect, expectation),
    workload: given('--workload', flags.workload, workload),
    server: given('--server', flags.server, oneOf(serverPlaces)),
    dataplane: given('--dataplane', flags.dataplane, oneOf(serviceDataplanes)),
    access: given('--access', flags.access, oneOf(serviceAccesses)),
    family: given('--family', flags.family, oneOf(['ipv4', 'ipv6'])),
    addressBlock: given('--address-block', flags.addressBlock, addressBlock),
  };
}

function oneOf<T extends string>(all: readonly T[]): (flag: string, text: string) => T {
  return (flag, text) => {
    const found = all.find((one) => one === text);
    if (found !== undefined) return found;
    throw new Problem('usage', `${flag} ${text}: choose one of: ${all.join(', ')}.`);
  };
}

function addressBlock(flag: string, text: string): AddressBlock {
  const found = addressBlocks.find((one) => String(one) === text);
  if (found !== undefined) return found;
  throw new Problem('usage', `${flag} ${text}: choose one of: ${addressBlocks.join(', ')}.`);
}

/** Null for our own probes. */
function workload(_flag: string, text: string): string | null {
  if (text === 'probes') return null;
  findWorkload(text);
  return text;
}

/** Reads `--expect`. Throws a usage Problem that lists the outcomes. */
export function expectation(flag: string, text: string): Expectation {
  const found = ([...outcomes, 'any'] as const).find((outcome) => outcome === text);
  if (found !== undefined) return found;
  throw new Problem('usage', `${flag} ${text} is no outcome; choose one of: ${outcomes.join(', ')}, any.`);
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
