// What the user typed after `cluster run`, checked.
import { newRunId } from '../../cluster/names.ts';
import { Problem } from '../../model/problem.ts';
import type { ClusterSettings } from '../../experiment/cluster.ts';
import { chooseFolder, refuseUsed } from '../../run-folder/make-folder.ts';
import { expectation } from '../lab/lab-flags.ts';
import type { TargetFlags } from './target-flags.ts';

/** As commander hands them over; durations in milliseconds. */
export interface ClusterFlags extends TargetFlags {
  readonly ui?: true;
  readonly image: string;
  readonly observerImage?: string;
  readonly connections: number;
  readonly period: number;
  readonly duration: number;
  readonly rolloutTimeout: number;
  readonly maxRate: string;
  readonly expect: string;
  readonly out?: string;
  readonly podIp?: true;
  readonly observe?: true;
  readonly keep?: true;
  /** False with --no-event. */
  readonly event: boolean;
  readonly json?: true;
}

/** Throws a usage Problem, one sentence with what is allowed, for anything that cannot be run. */
export function readClusterSettings(flags: ClusterFlags, random: () => number): ClusterSettings {
  const maxRatePerHour = Number(flags.maxRate);
  if (flags.maxRate.trim() === '' || !(maxRatePerHour > 0 && maxRatePerHour <= 1e6)) {
    throw new Problem('usage', `--max-rate ${flags.maxRate} must be a number above 0, of episodes per hour.`);
  }
  const folder = chooseFolder(flags.out, new Date(), 'cluster');
  refuseUsed(folder);
  return {
    runId: newRunId(random),
    image: flags.image,
    observerImage: flags.observe === true ? (flags.observerImage ?? observerTagOf(flags.image)) : null,
    connections: flags.connections,
    periodMs: flags.period,
    // A trigger is noticed within a period; twice that also covers clients that run late (docs/calibration.md).
    episodeWindowMs: 2 * flags.period,
    durationMs: flags.duration,
    rolloutTimeoutMs: flags.rolloutTimeout,
    maxRatePerHour,
    podIp: flags.podIp === true,
    keep: flags.keep === true,
    event: flags.event,
    expected: expectation('--expect', flags.expect),
    folder,
  };
}

/** The same repository with the tag `observer`: where docs/cluster.md has the second image pushed. */
function observerTagOf(image: string): string {
  return `${image.replace(/@sha256:[0-9a-f]+$/, '').replace(/:[^:/]+$/, '')}:observer`;
}
