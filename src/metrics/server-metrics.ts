// What a server of the mesh counts.
import { createMetrics, type Exposition } from './registry.ts';

export interface ServerMetrics extends Exposition {
  open(change: 1 | -1): void;
  lines(count: number): void;
}

export function createServerMetrics(): ServerMetrics {
  const metrics = createMetrics();
  const connections = metrics.gauge('server_connections', 'Connections that are open now.');
  const lines = metrics.counter('server_lines_total', 'Lines that were answered.');
  return {
    contentType: metrics.contentType,
    text: () => metrics.text(),
    open: (change) => connections.inc(change),
    lines: (count) => lines.inc(count),
  };
}
