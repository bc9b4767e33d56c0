// A thousand connections reset at once: how long from each reset to its report.
import { massReset } from './mass-reset.ts';
import { median, percentile } from './spread.ts';

export interface BurstDelays {
  readonly name: string;
  /** Of each round, milliseconds from a connection's reset to the moment at which its report could be read. */
  readonly rounds: readonly { readonly p50: number; readonly p99: number; readonly most: number }[];
}

export interface BurstPlan {
  readonly connections: number;
  readonly rounds: number;
}

/** From the RST's time stamp in a capture, so it needs tcpdump. Throws when a reset is not reported. */
export async function burstDelays({ connections, rounds }: BurstPlan): Promise<BurstDelays[]> {
  const kept = [];
  for (let round = 0; round < rounds; round++) {
    const { delaysMs, reported } = await massReset({
      ...{ connections, workers: 1, sources: ['127.0.0.1'], heldMs: 12_000, watchedMs: 1_000, capture: true },
    });
    if (reported < connections || delaysMs.length === 0)
      throw new Error(`${reported} of ${connections} resets were reported, ${delaysMs.length} captured`);
    kept.push({ p50: median(delaysMs), p99: percentile(delaysMs, 0.99), most: Math.max(...delaysMs) });
  }
  return [{ name: 'netdebug', rounds: kept }];
}
