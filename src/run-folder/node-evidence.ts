// Reads back what observers brought from their nodes: every events.ndjson below evidence/NODE.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeEventSchema } from '../model/node-event.ts';
import type { NodeEvent } from '../model/node-event.ts';

/** The node events of a run's folder; lines that are none, a last one that was cut off say, are left out. */
export async function readNodeEvidence(folder: string, nodes: readonly string[]): Promise<NodeEvent[]> {
  const events: NodeEvent[] = [];
  for (const node of nodes) {
    const base = join(folder, 'evidence', node);
    for (const name of await readdir(base, { recursive: true })) {
      if (!name.endsWith('events.ndjson')) continue;
      for (const line of (await readFile(join(base, name), 'utf8')).split('\n')) {
        const event = readNodeEvent(line);
        if (event !== undefined) events.push(event);
      }
    }
  }
  return events;
}

function readNodeEvent(line: string): NodeEvent | undefined {
  try {
    return nodeEventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
