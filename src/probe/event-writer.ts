// Writes probe events as NDJSON: what comes while a write is under way goes out together in the next one, and nothing is dropped.
// Answers wait for a moment, because a write costs ten times what an answer does; everything else goes out at once.
import type { Writable } from 'node:stream';
import type { ProbeEvent } from '../model/probe-event.ts';
import { eventLine } from './event-line.ts';

/** Shorter than anybody who reads along would notice. */
const momentMs = 50;
/** So many wait for the end of a turn at most: when thousands of connections are reset, a turn is long. */
const mostInTurn = 64;

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
  let state: 'idle' | 'gathering' | 'scheduled' | 'writing' | 'failed' = 'idle';
  let gathering: NodeJS.Timeout | undefined;
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

  function begin(): void {
    clearTimeout(gathering);
    if (state === 'failed') return;
    state = 'scheduled';
    // Not at once: the events of one turn of the event loop go out in few writes.
    setImmediate(() => {
      if (state === 'scheduled') flush();
    });
  }

  function flush(): void {
    state = 'writing';
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
      if (state === 'writing' || (state === 'gathering' && event.event === 'answered')) return;
      if (state === 'scheduled') {
        if (lines.length >= mostInTurn) flush();
        return;
      }
      if (event.event === 'answered') {
        state = 'gathering';
        gathering = setTimeout(begin, momentMs);
      } else begin();
    },
    backlog: () => backlog,
    flushed() {
      if (state === 'gathering') begin();
      return state === 'writing' || state === 'scheduled'
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve();
    },
  };
}
