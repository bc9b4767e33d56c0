// A run's folder while the run lasts: its logs come, grow and roll, and are read on.
import { join } from 'node:path';
import { notesOf, openEventLog, type EventLog, type RunEvent } from './event-log.ts';
import { findRunLogs, mostLogs } from './find-files.ts';

export interface FollowedRun {
  /** Hands over what came since the last call; true when there was something. */
  readOn(take: (event: RunEvent) => void): Promise<boolean>;
  /** What was left out so far, one sentence each. */
  notes(): string[];
  close(): Promise<void>;
}

export function followRun(folder: string): FollowedRun {
  const logs = new Map<string, EventLog>();
  return {
    async readOn(take) {
      let some = false;
      // Evidence comes first: a reset is told with the entries that its connection made.
      const names = (await findRunLogs(folder)).filter((name, place) => logs.has(name) || place < mostLogs);
      for (const name of names.reverse()) {
        const log = logs.get(name) ?? openEventLog(join(folder, name), name);
        logs.set(name, log);
        for await (const events of log.readOn()) {
          some = true;
          for (const event of events) take(event);
        }
      }
      return some;
    },
    notes: () => [...logs.values()].flatMap((log) => notesOf(log, false)),
    async close() {
      await Promise.all([...logs.values()].map((log) => log.close()));
    },
  };
}
