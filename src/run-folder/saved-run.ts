// A run's folder, read from its beginning to its end, and what is missing in it.
import { join } from 'node:path';
import type { NodeEvent } from '../model/node-event.ts';
import { messageOf, Problem } from '../model/problem.ts';
import type { RunRecord } from '../model/run-record.ts';
import { isProbes, notesOf, openEventLog, type EventLog, type RunEvent } from './event-log.ts';
import { findRunLogs, mostLogs } from './find-files.ts';
import { fileNames, nodeFolder } from './layout.ts';
import { mergeByTime } from './merge-by-time.ts';
import { checkRunFolder, readRunRecord } from './read-record.ts';

type Take = (event: RunEvent) => void;

export interface SavedRun {
  /** Null when run.json is missing or cannot be read. */
  readonly record: RunRecord | null;
  /**
   * Hands over all events in order of time, and resolves with what is missing, one sentence each. Throws a usage Problem when there
   * is neither a record nor an event.
   */
  readEvents(take: Take): Promise<string[]>;
}

/** Throws a usage Problem when the path is not a folder. */
export async function openSavedRun(folder: string): Promise<SavedRun> {
  await checkRunFolder(folder);
  const record = await readRunRecord(folder);
  return {
    record: record.data,
    async readEvents(take) {
      const missing =
        record.data === null ? [`${record.why} The verdict, the rates and the findings are not known.`] : [];
      const names = await findRunLogs(folder).catch((error: unknown) => {
        missing.push(messageOf(error));
        return [fileNames.events];
      });
      if (names.length > mostLogs)
        missing.push(`${names.length - mostLogs} event files more than ${mostLogs} are left out.`);
      const logs = names.slice(0, mostLogs).map((name) => openEventLog(join(folder, name), name));
      await readMerged(logs, take);
      const read = logs.filter((log) => log.some);
      if (record.data === null && read.length === 0) {
        throw new Problem(
          'usage',
          `${folder} holds no run: ${record.why} Give the folder that the run named.`,
        );
      }
      const own = read.filter((log) => log.name === fileNames.events);
      if (own.length === 0)
        missing.push(
          `${fileNames.events} is missing or empty: there is no timeline of the classes and no latency.`,
        );
      if (own.length === read.length) missing.push('There is no evidence from any node.');
      return [...missing, ...logs.flatMap((log) => notesOf(log, true))];
    },
  };
}

/** What the observers of these nodes brought, in order of time; lines that are no event are left out. */
export async function readNodeEvents(folder: string, nodes: readonly string[]): Promise<NodeEvent[]> {
  const events: NodeEvent[] = [];
  const names = (await findRunLogs(folder)).filter((name) =>
    nodes.some((node) => name.startsWith(`${nodeFolder('', node)}/`)),
  );
  await readMerged(
    names.map((name) => openEventLog(join(folder, name), name, 'nodes')),
    (event) => isProbes(event) || events.push(event),
  );
  return events;
}

async function readMerged(logs: readonly EventLog[], take: Take): Promise<void> {
  try {
    await mergeByTime(
      logs.map((log) => log.readOn()),
      take,
    );
  } finally {
    await Promise.all(logs.map((log) => log.close()));
  }
}
