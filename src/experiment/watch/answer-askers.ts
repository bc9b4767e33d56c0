// The flight recorder: a running watch answers whoever asks it by its unix socket about losses that are past.
import { chmod, lstat, rename } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { Watcher, WatchLoss, WatchSummary } from '../../model/watch-record.ts';
import { makeSocketFolder, removeDeadSockets, removeSocket, socketPath } from './watcher-sockets.ts';

/** What is asked, as a line of JSON. */
export interface Question {
  /** ISO 8601. */
  readonly since: string;
}

export interface Recorder {
  readonly path: string;
  /** Nobody is answered any more, and the socket is gone. */
  stop(): Promise<void>;
}

export interface RecorderSource {
  readonly watcher: Watcher;
  readonly since: (at: Micros) => readonly WatchLoss[];
  readonly summary: () => WatchSummary;
}

const longestQuestion = 1_024;
const mostAskers = 8;
/** An answer that is not read by then is given up. */
const answerMs = 10_000;
const mostAttempts = 20;

/** Listens in the folder, which is made where it is missing. Rejects where that cannot be, with the system's reason. */
export async function answerAskers(folder: string, source: RecorderSource): Promise<Recorder> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Who goes away before the end has what it wanted.
    socket.on('error', () => undefined);
    answer(socket, source);
  });
  server.maxConnections = mostAskers;
  const path = await listen(server, folder, source.watcher.pid);
  // A watch lasts as long as its witnesses.
  server.unref();
  return {
    path,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await removeSocket(path, folder);
    },
  };
}

/**
 * A socket gets its name when somebody listens to it, so that it is never taken for one of a watch that was killed. Another pid
 * namespace may have one of our number.
 */
async function listen(server: Server, folder: string, pid: number): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    await makeSocketFolder(folder);
    await removeDeadSockets(folder);
    const path = socketPath(folder, pid, attempt);
    try {
      if (await isThere(path)) throw Object.assign(new Error(`${path} is taken`), { code: 'EADDRINUSE' });
      await listenAt(server, `${path}.new`);
      await chmod(`${path}.new`, 0o600);
      await rename(`${path}.new`, path);
      return path;
    } catch (error) {
      // Of another watch that ends the folder may go between two steps.
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== 'EADDRINUSE' && code !== 'ENOENT') || attempt >= mostAttempts) throw error;
    }
  }
}

const isThere = async (path: string) => (await lstat(path).catch(() => undefined)) !== undefined;

function listenAt(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function answer(socket: Socket, source: RecorderSource): void {
  const timer = setTimeout(() => socket.destroy(), answerMs);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  let asked = '';
  const onData = (chunk: string) => {
    asked += chunk;
    const end = asked.indexOf('\n');
    if (end === -1 && asked.length <= longestQuestion) return;
    socket.off('data', onData);
    const since = end === -1 ? Number.NaN : sinceOf(asked.slice(0, end));
    if (Number.isNaN(since)) socket.destroy();
    else tell(socket, linesOf(source, since));
  };
  socket.setEncoding('utf8').on('data', onData);
}

function sinceOf(line: string): Micros {
  try {
    const { since } = JSON.parse(line) as Partial<Question>;
    return typeof since === 'string' ? parseMicros(since) : Number.NaN;
  } catch {
    return Number.NaN;
  }
}

function* linesOf({ watcher, since, summary }: RecorderSource, at: Micros): Generator<string> {
  yield `${JSON.stringify(watcher)}\n`;
  for (const loss of since(at)) yield `${JSON.stringify(loss)}\n`;
  yield `${JSON.stringify(summary())}\n`;
}

/** As fast as it is read: no more than a socket's buffer is made in advance, and the watch goes on between. */
function tell(socket: Socket, lines: Generator<string>): void {
  const more = () => {
    for (;;) {
      const next = lines.next();
      if (next.done === true) {
        socket.end();
        return;
      }
      if (!socket.write(next.value)) break;
    }
    socket.once('drain', () => setImmediate(more));
  };
  more();
}
