// The events of one log, probes' or nodes', in all its parts: each line is told by what it is, and what is no event is counted.
import { nodeEventSchema, type NodeEvent } from '../model/node-event.ts';
import { probeEventSchema, type ProbeEvent } from '../model/probe-event.ts';
import { createGrownFile } from './grown-file.ts';

export type RunEvent = ProbeEvent | NodeEvent;
export const isProbes = (event: RunEvent): event is ProbeEvent => 'role' in event;

export interface EventLog {
  /** As notes have it. */
  readonly name: string;
  /** The events that came since the last reading, oldest first as far as they were written so. */
  readOn(): AsyncGenerator<RunEvent[]>;
  /** Whether there was anything at all to read. */
  readonly some: boolean;
  /** Lines that are no event, that are too long, and that were cut off; `ended` when nobody writes any more. */
  leftOut(ended: boolean): { readonly broken: number; readonly tooLong: number; readonly cutOff: number };
  close(): Promise<void>;
}

/** @param only The other kind is passed over unread; what belongs to neither is counted with the probes' alone. */
export function openEventLog(path: string, name = path, only?: 'probes' | 'nodes'): EventLog {
  const file = createGrownFile(path);
  let broken = 0;
  return {
    name,
    async *readOn() {
      for await (const lines of file.readOn()) {
        const events = lines.flatMap((line) => {
          const ofNode = !line.includes('"role":"') && line.includes('"source":"');
          if (line === '' || (only !== undefined && (only === 'nodes') !== ofNode)) return [];
          const event = parse(line, ofNode ? nodeEventSchema : probeEventSchema);
          if (event === undefined) broken += 1;
          return event ?? [];
        });
        if (events.length > 0) yield events;
      }
    },
    get some() {
      return file.position > 0;
    },
    leftOut: (ended) =>
      only === 'nodes'
        ? { broken, tooLong: 0, cutOff: 0 }
        : { broken, tooLong: file.tooLong, cutOff: file.cutOff(ended) },
    close: () => file.close(),
  };
}

/** What was left out of a log, one sentence each. */
export function notesOf(log: EventLog, ended: boolean): string[] {
  const { broken, tooLong, cutOff } = log.leftOut(ended);
  const lines = (count: number, what: string) =>
    count === 0 ? [] : [`${log.name}: ${count} ${count === 1 ? 'line' : 'lines'} ${what} left out.`];
  return [
    ...lines(broken, 'that hold no event'),
    ...lines(tooLong, 'that are too long'),
    ...(cutOff === 0 ? [] : [`${log.name}: its last line is cut off and left out.`]),
  ];
}

/** Reads logs of anybody, one after the other, for the events of one kind. Resolves with how many lines there were of each sort. */
export async function readLogs(
  paths: readonly string[],
  only: 'probes' | 'nodes',
  take: (event: RunEvent, log: string) => void,
): Promise<{ events: number; broken: number; cutOff: number }> {
  const read = { events: 0, broken: 0, cutOff: 0 };
  for (const path of paths) {
    const log = openEventLog(path, path, only);
    for await (const events of log.readOn()) {
      read.events += events.length;
      for (const event of events) take(event, path);
    }
    const { broken, tooLong, cutOff } = log.leftOut(true);
    read.broken += broken + tooLong;
    read.cutOff += Math.min(cutOff, 1);
    await log.close();
  }
  return read;
}

function parse(line: string, schema: typeof nodeEventSchema | typeof probeEventSchema): RunEvent | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
