// What the kernel calls this process: in a pid namespace of its own that is not the number that it knows itself by.
import { writeFileSync } from 'node:fs';
import { createTracePipe } from './trace-pipe.ts';
import { parseTraceLine } from './trace-line.ts';

/** Asks by a line of our own in the instance's ring; null when it does not come back. Must be called before anything is traced. */
export async function askOwnPid(path: string, descriptor: number): Promise<number | null> {
  const mark = `netdebug ${process.hrtime.bigint()}`;
  const found: number[] = [];
  const pipe = createTracePipe(descriptor, (text) => {
    const line = parseTraceLine(text);
    // Node's first thread has the number of its process.
    if (typeof line === 'object' && line.fields.trim() === mark) found.push(line.tid);
  });
  try {
    writeFileSync(`${path}/trace_marker`, mark);
    for (let attempt = 0; attempt < 10 && found.length === 0; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      pipe.read();
    }
  } catch {
    return null;
  }
  return found[0] ?? null;
}
