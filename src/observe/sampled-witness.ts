// A witness that reads something at intervals, and at once when a RST was seen.
import { formatMicros } from '../model/clock.ts';
import { startSampler, type SamplerOptions } from './sampler.ts';
import type { Limit, RunningWitness, WitnessContext } from './witness.ts';

export interface Readings extends Partial<SamplerOptions> {
  readonly scope: string;
  readonly limit?: Limit | null;
  readonly ownAddresses?: readonly string[];
  readonly sample: SamplerOptions['sample'];
  /** What is said when the last reading is done. */
  readonly end: () => string;
}

/** Reads at the pace that the context names, unless another is given. */
export function readAtIntervals(
  { pace, clock, limited, read }: Pick<WitnessContext, 'pace' | 'clock' | 'limited' | 'read'>,
  { scope, limit = null, ownAddresses = [], end, sample, ...options }: Readings,
): RunningWitness {
  let failures = 0;
  // Whoever calls has just read for the first time.
  read(clock.now());
  const sampler = startSampler({
    ...pace,
    monotonic: () => clock.monotonic(),
    onError(error) {
      failures += 1;
      limited(`a reading failed: ${String(error)}`, null);
    },
    async sample() {
      const begunAt = clock.now();
      await sample();
      read(begunAt);
    },
    ...options,
  });
  return {
    scope,
    limit,
    ownAddresses,
    onReset: () => sampler.soon(),
    async stop() {
      const [before, readUntil] = [failures, formatMicros(clock.now())];
      await sampler.stop();
      return { lost: 0, text: end(), ...(failures === before ? { readUntil } : {}) };
    },
  };
}
