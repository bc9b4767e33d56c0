// How the latencies of the two classes compare, in a sentence.
import { formatFigures } from '../model/figures.ts';
import type { LatencyComparison, Rate } from '../model/run-record.ts';

export function latencySentence(latency: LatencyComparison): string {
  const side = ({ estimate, low, high }: Rate) =>
    `${milliseconds(estimate)} (${milliseconds(low)} to ${milliseconds(high)})`;
  const pair = (name: 'p50' | 'p99') =>
    `${name} ${side(latency[name].coLocated)} against ${side(latency[name].remote)}`;
  const conclusion = latency.differs ? 'they differ' : 'no difference is shown';
  return `Latency in ms, same-node against cross-node: ${pair('p50')}, ${pair('p99')}: ${conclusion}.`;
}

const milliseconds = (value: number | null) => (value === null ? '?' : formatFigures(value, 2));
