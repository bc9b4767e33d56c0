// What the user typed after `cluster run`, checked.
import { newRunId } from '../../cluster/names.ts';
import { formatDuration } from '../../model/duration.ts';
import { Problem } from '../../model/problem.ts';
import { provableRatePerHour } from '../../stats/rate-evidence.ts';
import type { ClusterSettings } from '../../experiment/cluster.ts';
import { chooseFolder, refuseUsed } from '../../run-folder/make-folder.ts';
import { expectation } from '../lab/lab-flags.ts';
import type { TargetFlags } from './target-flags.ts';

/**
 * A run without flags on a cluster where nothing is wrong ends with "none", not undecided. A clean run shows that there are fewer than R
 * episodes an hour in 3.44 / R hours, at alpha 0.05 (provableRatePerHour). Those are hours in which a class has a connection open,
 * so more connections do not make them fewer. With R = 10 that is 20.6 of the 30 minutes; the rest is for pods that start
 * late and failures that are set aside. The known bug makes 36 to 40 episodes an hour (every 90 to 99 s), four times what `none` allows. R = 1
 * takes 3 h 26 min.
 */
export const runDefaults = { connections: 10, period: '1s', duration: '30m', maxRate: '10' } as const;

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

/** A sentence when not even a run without any reset can be decided in its time, else null. */
export function tooShortForNone({
  durationMs,
  maxRatePerHour,
}: Pick<ClusterSettings, 'durationMs' | 'maxRatePerHour'>): string | null {
  const provable = provableRatePerHour(durationMs / 1_000);
  if (maxRatePerHour > provable) return null;
  const neededMs = (durationMs * provable) / maxRatePerHour;
  return (
    `Without any reset this run ends undecided: to show that there are fewer episodes than ${maxRatePerHour} an hour takes more than ` +
    `${formatDuration(neededMs)}; give a longer --duration, or a --max-rate of ${Math.ceil(provable * 1.1)}.`
  );
}

/** The same repository with the tag `observer`: where docs/cluster.md has the second image pushed. */
function observerTagOf(image: string): string {
  return `${image.replace(/@sha256:[0-9a-f]+$/, '').replace(/:[^:/]+$/, '')}:observer`;
}
