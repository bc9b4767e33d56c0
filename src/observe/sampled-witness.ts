// A witness that reads something at intervals, and at once when a RST was seen.
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
  const sampler = startSampler({
    ...pace,
    monotonic: () => clock.monotonic(),
    onError: (error) => limited(`a reading failed: ${String(error)}`, null),
    ...options,
  });
  return {
    scope,
    limit,
    ownAddresses,
    onReset: () => sampler.soon(),
    async stop() {
      await sampler.stop();
      return { lost: 0, text: end() };
    },
  };
}
