// What a server of the mesh counts.
import { createMetrics, type Exposition } from './registry.ts';

export interface ServerMetrics extends Exposition {
  open(change: 1 | -1): void;
  lines(count: number): void;
  /** A connection was not let in, or had to leave. */
  turnedAway(reason: string): void;
}

/** @param reasons Those that turnedAway may be given: each begins at 0. */
export function createServerMetrics(reasons: readonly string[]): ServerMetrics {
  const metrics = createMetrics();
  const connections = metrics.gauge('server_connections', 'Connections that are open now.');
  const lines = metrics.counter('server_lines_total', 'Lines that were answered.');
  const away = metrics.counter(
    'server_connections_turned_away_total',
    'Connections that were not let in, or had to leave, by the limit that they were beyond.',
    ['reason'],
  );
  for (const reason of reasons) away.inc({ reason }, 0);
  return {
    contentType: metrics.contentType,
    text: () => metrics.text(),
    open: (change) => connections.inc(change),
    lines: (count) => lines.inc(count),
    turnedAway: (reason) => away.inc({ reason }),
  };
}
