// The programs that are compared: ours and, built on the spot, the two references. Go's is absent where there is no Go.
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

export type Side = 'client' | 'server';

export interface Contender {
  readonly name: 'C epoll' | 'Go design' | 'netdebug' | 'netdebug --events';
  server(port: number): string[];
  client(port: number, connections: number, periodMs: number): string[];
}

const reference = resolve(import.meta.dirname, '../reference');
const program = resolve(import.meta.dirname, '../../src/cli/start.mjs');
const host = '127.0.0.1';

export const netdebug = (...words: (string | number)[]) => [process.execPath, program, ...words.map(String)];

/** @param folder Where the references are built. */
export function contenders(folder: string): Contender[] {
  const all: Contender[] = [];
  const c = join(folder, 'epoll');
  if (built(['gcc', '-O2', '-o', c, join(reference, 'epoll.c')], 'the C reference')) {
    all.push({
      name: 'C epoll',
      server: (port) => [c, 'server', String(port)],
      client: (port, connections, periodMs) => [
        c,
        'client',
        host,
        ...[port, connections, periodMs].map(String),
      ],
    });
  }
  const go = join(folder, 'go-design');
  if (built(['go', 'build', '-o', go, join(reference, 'go/main.go')], 'the Go reference')) {
    all.push({
      name: 'Go design',
      server: (port) => [go, 'server', String(port)],
      client: (port, connections, periodMs) => [
        go,
        'client',
        host,
        String(port),
        String(connections),
        `${periodMs}ms`,
      ],
    });
  }
  const ours = (port: number, connections: number, periodMs: number) =>
    netdebug('client', '-H', host, '-p', port, '--connections', connections, '-t', `${periodMs}ms`);
  const server = (port: number) => netdebug('server', '-p', port);
  all.push({ name: 'netdebug', server, client: ours });
  all.push({
    name: 'netdebug --events',
    server: (port) => [...server(port), '--events', join(folder, 'server.ndjson')],
    client: (...load) => [...ours(...load), '--events', join(folder, 'client.ndjson')],
  });
  return all;
}

function built(command: readonly string[], what: string): boolean {
  const [compiler = '', ...words] = command;
  try {
    execFileSync(compiler, words, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, GO111MODULE: 'off' },
    });
    return true;
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? `there is no ${compiler} here`
        : String(error);
    process.stderr.write(`without ${what}: ${why}\n`);
    return false;
  }
}
