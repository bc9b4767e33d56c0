// Asks the watches that run here about losses that are past.
import { connect } from 'node:net';
import { formatMicros, type Micros } from '../../model/clock.ts';
import {
  watchAnswerSchema,
  type Watcher,
  type WatchLoss,
  type WatchSummary,
} from '../../model/watch-record.ts';
import { splitLines } from '../../system/split-lines.ts';
import type { Question } from './answer-askers.ts';
import { socketsIn } from './watcher-sockets.ts';

export interface WatcherAnswer {
  readonly watcher: Watcher;
  /** In the order in which they were told. */
  readonly losses: readonly WatchLoss[];
  /** Null when the answer was cut off. */
  readonly summary: WatchSummary | null;
}

const answerMs = 12_000;
const mostBytes = 256 << 20;

/** Those that answered; a socket that nobody listens to is of none. Rejects with the system's error where the folder may not be read. */
export async function askWatchers(folder: string, since: Micros): Promise<WatcherAnswer[]> {
  const question: Question = { since: formatMicros(since) };
  const answers = await Promise.all((await socketsIn(folder)).map((path) => askOne(path, question)));
  return answers.filter((answer) => answer !== undefined);
}

function askOne(path: string, question: Question): Promise<WatcherAnswer | undefined> {
  return new Promise((resolve) => {
    let watcher: Watcher | undefined;
    let summary: WatchSummary | null = null;
    let bytes = 0;
    const losses: WatchLoss[] = [];
    const socket = connect(path, () => socket.write(`${JSON.stringify(question)}\n`));
    const timer = setTimeout(() => socket.destroy(), answerMs);
    const takeLine = (line: string) => {
      const said = parse(line);
      if (said?.kind === 'watcher') watcher = said;
      if (said?.kind === 'lost') losses.push(said);
      if (said?.kind === 'summary') summary = said;
    };
    const take = splitLines(takeLine);
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes > mostBytes) socket.destroy();
      else take(chunk);
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(watcher === undefined ? undefined : { watcher, losses, summary });
    });
  });
}

function parse(line: string): Watcher | WatchLoss | WatchSummary | undefined {
  try {
    return watchAnswerSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
