// `netdebug observe` in a private world in which connections are reset, and what it has written.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { nodeEventSchema, type NodeEvent, type PacketEvent } from '../../src/model/node-event.ts';
import { run } from '../../src/system/process.ts';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { newFolder } from './netdebug.ts';

const asRoot = process.getuid?.() === 0;
const inside = resolve(import.meta.dirname, 'observe-inside.ts');

export interface Observed {
  readonly folder: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

/** Observes a private world in which connections are reset, and ends it by the signal. */
export async function observeResets(
  t: TestContext,
  signal: string,
  resets: number,
  ...flags: string[]
): Promise<Observed> {
  const folder = await newFolder(t);
  const words = [process.execPath, inside, folder, signal, String(resets), ...flags];
  const { exitCode, stdout, stderr } = await run([...sandboxArgv(asRoot), ...words], { timeoutMs: 120_000 });
  assert.equal(exitCode, 0, stderr);
  return { folder, ...(JSON.parse(stdout) as Omit<Observed, 'folder'>) };
}

/** The events of all halves, each checked; what is cut off at the end of a file is passed over. */
export async function readEvents(folder: string): Promise<NodeEvent[]> {
  const events: NodeEvent[] = [];
  for (const name of ['events.1.ndjson', 'events.ndjson']) {
    const text = await readFile(join(folder, 'evidence/here', name), 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(0, -1)) events.push(nodeEventSchema.parse(JSON.parse(line)));
  }
  return events;
}

/** What the witness said that it does not see. */
export const limitsOf = (events: readonly NodeEvent[], witness: NodeEvent['source']): string[] =>
  events.flatMap((event) =>
    event.event === 'source' && event.source === witness && event.state === 'limited' ? [event.text] : [],
  );

export const isPacket = (event: NodeEvent): event is PacketEvent => event.event === 'packet';
/** All witnesses; the kernel is heard only where it has tracepoints for us. */
export const sourceNames = [
  'agents',
  'capture',
  'cgroup-memory',
  'conntrack-events',
  'conntrack-stats',
  'ip-monitor',
  'ipvs',
  'kernel-events',
  'kernel-log',
  'listeners',
  'names',
  'neighbours',
  'rule-counters',
  'rule-owners',
  'snmp',
  'sockets',
];
