// The one place that imports the metrics library: makes counters, gauges and histograms under our prefix, and prints them.
import Counter from 'prom-client/lib/counter.js';
import Gauge from 'prom-client/lib/gauge.js';
import Histogram from 'prom-client/lib/histogram.js';
import Registry from 'prom-client/lib/registry.js';

/** What every series of the mesh begins with. */
const meshPrefix = 'netdebug_mesh_';

/** What `/metrics` answers. */
export interface Exposition {
  readonly contentType: string;
  text(): Promise<string>;
}

/** Makes the series of one process; `name` goes without the prefix, a series without labels begins at 0. */
export interface Metrics extends Exposition {
  counter<Label extends string = never>(
    name: string,
    help: string,
    labels?: readonly Label[],
  ): Counter<Label>;
  gauge<Label extends string = never>(name: string, help: string, labels?: readonly Label[]): Gauge<Label>;
  /** A gauge that is asked at each scrape. */
  asked(name: string, help: string, value: () => number): void;
  histogram<Label extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    labels?: readonly Label[],
  ): Histogram<Label>;
}

export function createMetrics(prefix = meshPrefix): Metrics {
  const registry = new Registry();
  const base = <Label extends string>(name: string, help: string, labels: readonly Label[] = []) => {
    return { name: `${prefix}${name}`, help, labelNames: [...labels], registers: [registry] };
  };
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    counter: (name, help, labels) => new Counter(base(name, help, labels)),
    gauge: (name, help, labels) => new Gauge(base(name, help, labels)),
    asked(name, help, value) {
      new Gauge({
        ...base(name, help),
        collect() {
          this.set(value());
        },
      });
    },
    histogram: (name, help, buckets, labels) =>
      new Histogram({ ...base(name, help, labels), buckets: [...buckets] }),
  };
}
