// What the user typed after `lab run` and `lab matrix`, checked, with the scenario's defaults filled in.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Expectation } from '../../experiment/conclude.ts';
import type { LabWishes } from '../../experiment/lab-settings.ts';
import { choose, defaultScenario, findScenario } from '../../lab/scenarios/index.ts';
import { parseDuration } from '../../model/duration.ts';
import { messageOf, Problem } from '../../model/problem.ts';
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
  readonly out?: string;
  readonly expect?: string;
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
    expected: given('--expect', flags.expect, expectation),
  };
}

/** Refuses a folder that holds something already, and one below /run, which the world replaces with its own. */
export function checkFolder(folder: string): void {
  if (folder === '/run' || folder.startsWith('/run/')) {
    throw new Problem(
      'usage',
      `--out ${folder} lies below /run, which the lab replaces; choose another folder.`,
    );
  }
  if (!existsSync(folder)) return;
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch {
    throw new Problem('usage', `--out ${folder} is not a folder that can be read; choose another one.`);
  }
  if (entries.length > 0) {
    throw new Problem('usage', `--out ${folder} is not empty; choose a new or an empty folder.`);
  }
}

/** Makes a run's folder. Throws a usage Problem that says why it cannot be made. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new Problem('usage', `--out ${folder} cannot be made: ${messageOf(error)}.`, { cause: error });
  }
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

/** Where a run goes, absolute: what the user said, or a new folder below netdebug-runs. */
export function runFolder(out: string | undefined, what: string): string {
  return resolve(out ?? `netdebug-runs/${stamp(new Date())}-${what}`);
}

/** `20261123-061114`, UTC. */
function stamp(at: Date): string {
  return at.toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '').replace('T', '-');
}
