// The one place that imports the metrics library: makes counters, gauges and histograms under our prefix, and prints them.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export { Counter, Gauge, Histogram, Registry };

/** What every series of the mesh begins with. */
export const prefix = 'netdebug_mesh_';

/** What `/metrics` answers. */
export interface Exposition {
  readonly contentType: string;
  text(): Promise<string>;
}

export function expose(registry: Registry): Exposition {
  return { contentType: registry.contentType, text: () => registry.metrics() };
}
