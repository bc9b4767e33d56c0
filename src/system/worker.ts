// This same program once more, as a worker: its output comes to us in whole lines, and it does not outlive us.
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { endingWithUs } from './ending-with-us.ts';
import { ownWords } from './own-program.ts';
import type { Exit } from './process.ts';

export interface Worker {
  /** Resolves once, after all of its output was taken. */
  readonly exited: Promise<Exit>;
  signal(signal: NodeJS.Signals): void;
}

/** Takes whole lines; resolves when it can take more, and the worker's pipe is left full until then. */
export type TakeLines = (lines: string) => Promise<void> | void;

/** @param words The command line behind the program's name. In a session of its own, so that a Ctrl-C reaches us alone. */
export function startWorker(words: readonly string[], out: TakeLines, err: TakeLines): Worker {
  const [file = '', ...args] = endingWithUs([...ownWords(), ...words]);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const exited = Promise.all([exitOf(child), takeAll(child.stdout, out), takeAll(child.stderr, err)]);
  return {
    exited: exited.then(([exit]) => exit),
    signal: (signal) => void child.kill(signal),
  };
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

async function takeAll(stream: Readable, take: TakeLines): Promise<void> {
  stream.setEncoding('utf8');
  let rest = '';
  for await (const piece of stream as AsyncIterable<string>) {
    const end = piece.lastIndexOf('\n') + 1;
    if (end === 0) {
      rest += piece;
      continue;
    }
    const lines = rest + piece.slice(0, end);
    rest = piece.slice(end);
    await take(lines);
  }
  if (rest !== '') await take(`${rest}\n`);
}
