// Writes probe events as NDJSON: what comes while a write is under way goes out together in the next one, and nothing is dropped.
import type { Writable } from 'node:stream';
import type { ProbeEvent } from '../model/probe-event.ts';
import { eventLine } from './event-line.ts';

export interface EventWriter {
  write(event: ProbeEvent): void;
  /** Characters that were handed over and not yet written. */
  backlog(): number;
  /** Resolves when everything is written, or when writing has failed. */
  flushed(): Promise<void>;
}

/** @param onError Called once, with the first error; after it, events are let go, for there is nowhere left to put them. */
export function createEventWriter(
  stream: Writable,
  onError: (error: NodeJS.ErrnoException) => void,
): EventWriter {
  let lines: string[] = [];
  let backlog = 0;
  let state: 'idle' | 'writing' | 'failed' = 'idle';
  let waiting: (() => void)[] = [];

  stream.on('error', (error) => {
    if (state === 'failed') return;
    state = 'failed';
    lines = [];
    backlog = 0;
    settle();
    onError(error);
  });

  function settle(): void {
    const all = waiting;
    waiting = [];
    for (const resolve of all) resolve();
  }

  function flush(): void {
    if (state === 'failed') return;
    const text = lines.join('');
    lines = [];
    stream.write(text, (error) => {
      if (error || state === 'failed') return;
      backlog -= text.length;
      if (lines.length > 0) flush();
      else {
        state = 'idle';
        settle();
      }
    });
  }

  return {
    write(event) {
      if (state === 'failed') return;
      const line = eventLine(event);
      lines.push(line);
      backlog += line.length;
      if (state === 'idle') {
        state = 'writing';
        // Not at once: all events of one turn of the event loop go out in one write.
        setImmediate(flush);
      }
    },
    backlog: () => backlog,
    flushed: () =>
      state === 'writing' ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(),
  };
}
