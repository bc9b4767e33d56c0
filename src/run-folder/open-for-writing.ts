// The run's folder while a cluster run lasts: every line is in its file as soon as it is known.
import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, Problem } from '../model/problem.ts';

export interface RunFolder {
  /** A line of events.ndjson: what counts. */
  event(value: object): void;
  /** A line of evidence/set-aside.ndjson: what does not count, and why. */
  setAside(value: object): void;
  /** A line of evidence/notes.ndjson: what was said to the user. */
  note(value: object): void;
  /** A line of evidence/logs/POD.log, as it came. */
  logLine(pod: string, line: string): void;
  close(): Promise<void>;
}

/** Makes the folder. Rejects with a usage Problem when it cannot be made. */
export async function openRunFolder(folder: string): Promise<RunFolder> {
  try {
    await mkdir(join(folder, 'evidence', 'logs'), { recursive: true });
  } catch (error) {
    throw new Problem('usage', `--out ${folder} cannot be made: ${messageOf(error)}.`, { cause: error });
  }
  const streams = new Map<string, WriteStream>();
  const write = (file: string, line: string) => {
    let stream = streams.get(file);
    if (stream === undefined) {
      stream = createWriteStream(join(folder, file), { flags: 'a' });
      streams.set(file, stream);
    }
    stream.write(`${line}\n`);
  };
  return {
    event: (value) => write('events.ndjson', JSON.stringify(value)),
    setAside: (value) => write('evidence/set-aside.ndjson', JSON.stringify(value)),
    note: (value) => write('evidence/notes.ndjson', JSON.stringify(value)),
    logLine: (pod, line) => write(`evidence/logs/${pod}.log`, line),
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
