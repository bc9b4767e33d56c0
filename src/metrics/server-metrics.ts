// What a server of the mesh counts.
import { Counter, expose, Gauge, prefix, Registry } from './registry.ts';
import type { Exposition } from './registry.ts';

export interface ServerMetrics extends Exposition {
  open(change: 1 | -1): void;
  lines(count: number): void;
}

export function createServerMetrics(): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  const connections = new Gauge({
    name: `${prefix}server_connections`,
    help: 'Connections that are open now.',
    registers,
  });
  const lines = new Counter({
    name: `${prefix}server_lines_total`,
    help: 'Lines that were answered.',
    registers,
  });
  return {
    ...expose(registry),
    open: (change) => connections.inc(change),
    lines: (count) => lines.inc(count),
  };
}
