// The programs that are compared: ours and, built on the spot, the two references, which do the same work (bench/reference/README.md).
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { messageOf } from '../../src/model/problem.ts';
import { chooseGo, goEnvironment } from './go-toolchain.ts';

export type Side = 'client' | 'server';

export interface Contender {
  readonly name: 'C' | 'Go' | 'netdebug' | 'netdebug --events';
  server(port: number): string[];
  client(port: number, connections: number, periodMs: number): string[];
}

export interface Contenders {
  readonly netdebug: Contender;
  readonly withEvents: Contender;
  /** Absent where its compiler is. */
  readonly c?: Contender;
  readonly go?: Contender;
  /** What built them: `gcc 12.2.0`, `go1.26.8`; and a sentence for each that is not as wanted, or missing. */
  readonly compilers: readonly string[];
  readonly notes: readonly string[];
}

const reference = resolve(import.meta.dirname, '../reference');
const program = resolve(import.meta.dirname, '../../bin/netdebug');
/** Both ends of everything: one address family, and no name to look up. */
const host = '127.0.0.1';

export const netdebug = (...words: (string | number)[]) => [program, ...words.map(String)];

/** @param folder Where the references are built and events are written. */
export function contenders(folder: string): Contenders {
  const c = buildC(folder);
  const go = buildGo(folder);
  const client = (port: number, connections: number, periodMs: number) =>
    netdebug('client', '-H', host, '-p', port, '--connections', connections, '-t', `${periodMs}ms`);
  const server = (port: number) => netdebug('server', '--host', host, '-p', port);
  return {
    netdebug: { name: 'netdebug', server, client },
    withEvents: {
      name: 'netdebug --events',
      server: (port) => [...server(port), '--events', join(folder, 'server.ndjson')],
      client: (...load) => [...client(...load), '--events', join(folder, 'client.ndjson')],
    },
    ...('contender' in c ? { c: c.contender } : {}),
    ...('contender' in go ? { go: go.contender } : {}),
    compilers: [c, go].flatMap((built) => ('contender' in built ? [built.compiler] : [])),
    notes: [c, go].flatMap(({ note }) => (note === null ? [] : [note])),
  };
}

type Built =
  | { readonly contender: Contender; readonly compiler: string; readonly note: string | null }
  | { readonly note: string };

function buildC(folder: string): Built {
  try {
    const binary = (side: Side) => join(folder, `c-${side}`);
    for (const side of ['client', 'server'] as const)
      run('gcc', ['-O2', '-Wall', '-o', binary(side), join(reference, `c/${side}.c`), '-lm']);
    const contender: Contender = {
      name: 'C',
      server: (port) => [binary('server'), String(port)],
      client: (...load) => [binary('client'), host, ...load.map(String)],
    };
    return { contender, compiler: `gcc ${run('gcc', ['-dumpfullversion']).trim()}`, note: null };
  } catch (error) {
    return { note: `no C reference (Debian: apt-get install gcc libc6-dev): ${messageOf(error)}` };
  }
}

function buildGo(folder: string): Built {
  const choice = chooseGo();
  if (choice === null)
    return { note: 'no Go reference: there is no go here (Debian: apt-get install golang-go)' };
  const binary = join(folder, 'go-yardstick');
  const sources = ['yardstick.go', 'client.go', 'server.go'].map((name) => join(reference, 'go', name));
  try {
    run(choice.command, ['build', '-o', binary, ...sources], goEnvironment(choice.toolchain));
  } catch (error) {
    return { note: `no Go reference: ${choice.version} did not build it: ${messageOf(error)}` };
  }
  const contender: Contender = {
    name: 'Go',
    server: (port) => [binary, 'server', String(port)],
    client: (...load) => [binary, 'client', host, ...load.map(String)],
  };
  return { contender, compiler: choice.version, note: choice.note };
}

/** What it printed. */
function run(command: string, words: readonly string[], env = process.env): string {
  return execFileSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env });
}
