// The folder of a run while the run lasts: every line is in its file as soon as it is known.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { evidenceFile, fileNames } from './layout.ts';
import type { LostBooks } from './lost-books.ts';
import { makeEvidenceFolder } from './make-folder.ts';
import { createRollingFile, type RollingFile } from './rolling-file.ts';

/** A log that takes whole lines. */
export interface LineLog {
  line(text: string): void;
  /** Writes what is still in memory; more may follow. */
  flush(): void;
}

export interface RunFolder {
  /** The topmost folder that was made for it; undefined when none was. */
  readonly made: string | undefined;
  /** A line of events.ndjson, as it was written by who lived through it: what counts. */
  event(line: string): void;
  /** A line of faults.log: what the lab did to the world. */
  fault(line: string): void;
  /** A line of evidence/set-aside.ndjson: what does not count, and why. */
  setAside(value: object): void;
  /** A line of evidence/notes.ndjson: what was said to the user. */
  note(value: object): void;
  /** A line of evidence/logs/POD.log, as it came. */
  logLine(pod: string, line: string): void;
  /** evidence/NAME.log, behind what is there already. */
  log(name: string): LineLog;
  /** Writes what is still in memory; more may follow. */
  flush(): void;
  close(): void;
}

/** Makes the folder. Rejects with a Problem when it cannot be made; what cannot be written later is in the books. */
export async function openRunFolder(
  folder: string,
  kind: 'lab' | 'cluster',
  books: LostBooks,
): Promise<RunFolder> {
  const made = await makeEvidenceFolder(folder);
  const files = new Map<string, RollingFile>();
  const open = (name: string): RollingFile => {
    const loss = books.of(name);
    const path = join(folder, name);
    try {
      mkdirSync(dirname(path), { recursive: true });
    } catch (error) {
      loss.lost(error);
    }
    const unbounded = { maxBytes: Number.POSITIVE_INFINITY, onLeftOut: () => undefined };
    const file = createRollingFile(path, { ...unbounded, flags: 'a', loss });
    files.set(name, file);
    return file;
  };
  const opened = (name: string) => files.get(name) ?? open(name);
  const write = (name: string, line: string) => opened(name).write(`${line}\n`);
  const { events, faults } = fileNames;
  const [setAside, notes] = [evidenceFile('', fileNames.setAside), evidenceFile('', fileNames.notes)];
  // Where nothing was done in the lab, an empty file says so.
  if (kind === 'lab') for (const name of [events, faults]) open(name);
  return {
    made,
    event: (line) => write(events, line),
    fault: (line) => write(faults, line),
    setAside: (value) => write(setAside, JSON.stringify(value)),
    note: (value) => write(notes, JSON.stringify(value)),
    logLine: (pod, line) => write(evidenceFile('', `logs/${pod}.log`), line),
    log(name) {
      const file = opened(evidenceFile('', `${name}.log`));
      return { line: (text) => file.write(`${text}\n`), flush: () => file.flush() };
    },
    flush: () => files.forEach((file) => file.flush()),
    close: () => files.forEach((file) => file.close()),
  };
}
