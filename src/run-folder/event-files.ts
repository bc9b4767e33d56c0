// The event files of a run's folder, each line checked: what is no event is counted and left out.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeEventSchema } from '../model/node-event.ts';
import type { NodeEvent } from '../model/node-event.ts';
import { probeEventSchema } from '../model/probe-event.ts';
import type { ProbeEvent } from '../model/probe-event.ts';
import { createGrownFile } from './grown-file.ts';

export type RunEvent =
  | { readonly of: 'probe'; readonly at: string; readonly event: ProbeEvent }
  | { readonly of: 'node'; readonly at: string; readonly event: NodeEvent };

export interface EventFile {
  /** Relative to the run's folder. */
  readonly name: string;
  /** The events that came since the last reading. */
  readOn(): AsyncGenerator<RunEvent[]>;
  /** Bytes read so far. */
  readonly position: number;
  /** What was left out, one sentence each; `ended` when nobody writes any more. */
  notes(ended: boolean): string[];
}

const mostFiles = 64;

/** events.ndjson, then those below evidence/ that are there now, sorted. */
export async function listEventFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, 'evidence'), { withFileTypes: true }).catch(() => []);
  const found = entries.flatMap((entry) => {
    if (entry.isDirectory()) return [`evidence/${entry.name}/events.ndjson`];
    return entry.name.endsWith('.ndjson') ? [`evidence/${entry.name}`] : [];
  });
  return ['events.ndjson', ...found.sort().slice(0, mostFiles)];
}

export function openEventFile(folder: string, name: string): EventFile {
  const file = createGrownFile(join(folder, name));
  const read = name === 'events.ndjson' ? readProbeEvent : readNodeEvent;
  let broken = 0;
  return {
    name,
    async *readOn() {
      for await (const lines of file.readOn()) {
        const events = lines.flatMap((line) => {
          const event = read(line);
          if (event === undefined && line !== '') broken += 1;
          return event ?? [];
        });
        if (events.length > 0) yield events;
      }
    },
    get position() {
      return file.position;
    },
    notes(ended) {
      const notes: string[] = [];
      const lines = (count: number, what: string) => {
        if (count > 0) notes.push(`${name}: ${count} ${count === 1 ? 'line' : 'lines'} ${what} left out.`);
      };
      lines(broken, 'that hold no event');
      lines(file.tooLong, 'that are too long');
      if (ended && file.rest() > 0) notes.push(`${name}: its last line is cut off and left out.`);
      return notes;
    },
  };
}

function readProbeEvent(line: string): RunEvent | undefined {
  const { data } = probeEventSchema.safeParse(parseJson(line));
  return data === undefined ? undefined : { of: 'probe', at: data.at, event: data };
}

function readNodeEvent(line: string): RunEvent | undefined {
  const { data } = nodeEventSchema.safeParse(parseJson(line));
  return data === undefined ? undefined : { of: 'node', at: data.at, event: data };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
