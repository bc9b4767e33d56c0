// The folder of a run while the run lasts: every line is in its file as soon as it is known.
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { evidenceFile, fileNames } from './layout.ts';
import { makeEvidenceFolder } from './make-folder.ts';

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
  close(): Promise<void>;
}

/** Makes the folder. Rejects with a usage Problem when it cannot be made. */
export async function openRunFolder(folder: string, kind: 'lab' | 'cluster'): Promise<RunFolder> {
  const made = await makeEvidenceFolder(folder);
  const streams = new Map<string, WriteStream>();
  const open = (path: string) => {
    mkdirSync(dirname(path), { recursive: true });
    const stream = createWriteStream(path, { flags: 'a' });
    streams.set(path, stream);
    return stream;
  };
  const write = (path: string, line: string) => (streams.get(path) ?? open(path)).write(`${line}\n`);
  const [events, faults] = [join(folder, fileNames.events), join(folder, fileNames.faults)];
  const [setAside, notes] = [evidenceFile(folder, fileNames.setAside), evidenceFile(folder, fileNames.notes)];
  // Where nothing was done in the lab, an empty file says so.
  if (kind === 'lab') for (const path of [events, faults]) open(path);
  return {
    made,
    event: (line) => write(events, line),
    fault: (line) => write(faults, line),
    setAside: (value) => write(setAside, JSON.stringify(value)),
    note: (value) => write(notes, JSON.stringify(value)),
    logLine: (pod, line) => write(evidenceFile(folder, `logs/${pod}.log`), line),
    async close() {
      await Promise.all(
        [...streams.values()].map(async (stream) => {
          stream.end();
          await once(stream, 'close');
        }),
      );
    },
  };
}
