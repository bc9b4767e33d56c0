// A run's folder while the run lasts: its event files are read on as they grow.
import type { Collector } from '../report/collect/collector.ts';
import { listEventFiles, openEventFile } from '../run-folder/event-files.ts';
import type { EventFile } from '../run-folder/event-files.ts';
import { feed } from './read-run.ts';

export interface FollowedRun {
  /** Feeds the collector with what came since the last call; true when there was something. */
  readOn(): Promise<boolean>;
  /** What was left out so far, one sentence each. */
  notes(): string[];
}

export function followRun(folder: string, collector: Collector): FollowedRun {
  const files = new Map<string, EventFile>();
  return {
    async readOn() {
      for (const name of await listEventFiles(folder)) {
        if (!files.has(name)) files.set(name, openEventFile(folder, name));
      }
      let some = false;
      // Evidence first: a reset is told with the entries that its connection made.
      for (const file of [...files.values()].reverse()) {
        for await (const events of file.readOn()) {
          some = true;
          for (const event of events) feed(collector, event);
        }
      }
      return some;
    },
    notes: () => [...files.values()].flatMap((file) => file.notes(false)),
  };
}
