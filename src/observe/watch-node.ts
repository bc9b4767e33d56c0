// Everything that watches one node, started and stopped together; parsed events go to evidence/NODE/events.ndjson.
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeEvent } from '../model/node-event.ts';
import { conntrackEventsArgv, parseConntrackLine } from './conntrack-events.ts';
import { ipMonitorArgv, parseIpMonitorLine } from './ip-monitor.ts';
import { startObserver } from './observer.ts';
import type { ObserverSpec, SourceStatus } from './observer.ts';

export interface NodeWatch {
  readonly failed: Promise<never>;
  /** Stops all sources; resolves when every line is in its file. */
  stop(): Promise<SourceStatus[]>;
}

function sources(node: string): ObserverSpec[] {
  return [
    { node, source: 'ip-monitor', argv: ipMonitorArgv(node), parse: parseIpMonitorLine },
    { node, source: 'conntrack-events', argv: conntrackEventsArgv(node), parse: parseConntrackLine },
  ];
}

/** Watches the namespace `node` until stopped. Resolves when every source listens. Throws a `fault` when one cannot. */
export async function watchNode(
  node: string,
  folder: string,
  onEvent: (event: NodeEvent) => void,
): Promise<NodeWatch> {
  await mkdir(join(folder, 'evidence', node), { recursive: true });
  const parsed = createWriteStream(join(folder, 'evidence', node, 'events.ndjson'));
  const record = (event: NodeEvent) => {
    parsed.write(`${JSON.stringify(event)}\n`);
    onEvent(event);
  };
  const observers = await Promise.all(sources(node).map((spec) => startObserver(spec, folder, record)));
  const failed = Promise.race(observers.map((observer) => observer.failed));
  failed.catch(() => undefined);
  return {
    failed,
    async stop() {
      const statuses = await Promise.all(observers.map((observer) => observer.stop()));
      parsed.end();
      await once(parsed, 'close');
      return statuses;
    },
  };
}
