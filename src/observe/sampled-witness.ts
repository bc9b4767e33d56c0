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
  { pace, clock, limited }: Pick<WitnessContext, 'pace' | 'clock' | 'limited'>,
  { scope, limit = null, ownAddresses = [], end, ...options }: Readings,
): RunningWitness {
  let failures = 0;
  const sampler = startSampler({
    ...pace,
    monotonic: () => clock.monotonic(),
    onError(error) {
      failures += 1;
      limited(`a reading failed: ${String(error)}`, null);
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
