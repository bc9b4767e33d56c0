// The programs of a measurement, each of which ends with us: the traffic's two, and the watcher.
import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { endingWithUs } from '../../src/system/ending-with-us.ts';
import { inNetns } from '../../src/system/tools/ip-netns.ts';
import { places, serverAddress, serverPort } from './world.ts';

interface Line {
  readonly text: string;
  /** Of the monotonic clock, nanoseconds, when it could be read. */
  readonly at: bigint;
}

export interface Running {
  readonly pid: number;
  /** What it printed on stdout so far, and on stderr. */
  readonly lines: readonly Line[];
  readonly said: readonly string[];
  write(line: string): void;
  /** Resolves when such a line is there, on either; rejects when it ends without, or takes longer. */
  until(isSo: (text: string) => boolean, withinMs?: number): Promise<void>;
  /** Resolves when it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function start(argv: readonly string[]): Running {
  const [file = '', ...words] = endingWithUs(argv);
  const child = spawn(file, words, { stdio: 'pipe' });
  running.add(child);
  const lines: Line[] = [];
  const said: string[] = [];
  const looks = new Set<() => void>();
  const state = { ended: false };
  const gone = new Promise<void>((done) => {
    child.once('close', () => {
      state.ended = true;
      running.delete(child);
      for (const look of looks) look();
      done();
    });
  });
  const read = (stream: NodeJS.ReadableStream, take: (text: string) => void) => {
    let rest = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const text of parts) take(text);
      for (const look of looks) look();
    });
  };
  read(child.stdout, (text) => lines.push({ text, at: process.hrtime.bigint() }));
  read(child.stderr, (text) => said.push(text));
  return {
    pid: child.pid ?? -1,
    lines,
    said,
    write: (line) => void child.stdin.write(`${line}\n`),
    until: (isSo, withinMs = 60_000) =>
      new Promise((done, failed) => {
        const leave = (error?: Error) => {
          clearTimeout(timer);
          looks.delete(look);
          if (error === undefined) done();
          else failed(error);
        };
        const complain = (why: string) =>
          leave(new Error(`${argv.join(' ')} ${why}: ${said.slice(-10).join('\n')}`));
        const timer = setTimeout(() => complain('does not say what it should'), withinMs);
        const look = () => {
          if (lines.some(({ text }) => isSo(text)) || said.some(isSo)) leave();
          else if (state.ended) complain('ended');
        };
        looks.add(look);
        look();
      }),
    async end(signal = 'SIGTERM') {
      const hard = setTimeout(() => child.kill('SIGKILL'), 30_000);
      child.kill(signal);
      await gone;
      clearTimeout(hard);
    },
  };
}

const traffic = (place: string, ...words: readonly string[]) =>
  start(inNetns(place, [process.execPath, join(import.meta.dirname, 'traffic.ts'), ...words]));

export async function startServer(): Promise<Running> {
  const server = traffic(places.server, 'server', String(serverPort));
  await server.until((text) => text === 'ready');
  return server;
}

export async function startClient(
  role: 'hold' | 'wait' | 'lose',
  ...numbers: readonly number[]
): Promise<Running> {
  const client = traffic(places.client, role, serverAddress, String(serverPort), ...numbers.map(String));
  await client.until((text) => text === 'ready', 120_000);
  return client;
}

const netdebug = [process.execPath, resolve(import.meta.dirname, '../../src/cli/start.mjs')];

/** Resolves when it watches. */
export async function startWatcher(
  words: readonly string[] = [],
  inside: (argv: readonly string[]) => string[] = (argv) => [...argv],
): Promise<Running> {
  const watcher = start(inside([...netdebug, 'watch', '-o', 'json', '--node', 'here', ...words]));
  await watcher.until((text) => text.startsWith('watching '));
  return watcher;
}
