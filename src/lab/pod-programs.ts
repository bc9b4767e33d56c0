// The server and the clients of a run: real processes of this program in the pods' namespaces, reporting by events.
import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { once } from 'node:events';
import { formatDuration } from '../model/duration.ts';
import { Problem } from '../model/problem.ts';
import type { ProbeEvent } from '../model/probe-event.ts';
import type { ClientClass } from '../model/topology.ts';
import { startProgram } from '../system/process.ts';
import type { Program } from '../system/process.ts';
import { splitLines } from '../system/split-lines.ts';

/** Takes each event as it comes, with the line it was written as. */
export type EventSink = (event: ProbeEvent, line: string) => void;

export interface PodProgram {
  /** Rejects when the program ends before it is stopped, with its last words; never resolves. */
  readonly failed: Promise<never>;
  /** Ends it in an orderly way; resolves when all its events have been delivered. */
  stop(): Promise<void>;
}

export interface PodProgramSpec {
  readonly pod: string;
  /** What the program is called in messages. */
  readonly name: string;
  /** The words of this program itself: Node, the script, then the command. */
  readonly argv: readonly string[];
  /** Its log goes here. */
  readonly logFile: string;
}

/** The words after `netdebug` that start a scenario's server. */
export function serverWords(port: number): string[] {
  return ['server', '--port', String(port), '--events', '-'];
}

/** The words after `netdebug` that start the clients of one class. */
export function clientWords(client: ClientClass, connections: number, periodMs: number): string[] {
  const { address, port } = client.target;
  return [
    'client',
    ...['--host', address],
    ...['--port', String(port)],
    ...['--period', formatDuration(periodMs)],
    ...['--connections', String(connections)],
    ...['--class', client.name],
    ...['--events', '-'],
  ];
}

export function startPodProgram(spec: PodProgramSpec, onEvent: EventSink): PodProgram {
  const log = createWriteStream(spec.logFile);
  const program = startProgram(['ip', 'netns', 'exec', spec.pod, ...spec.argv], {
    // Our own program writes these lines, in this very version: the contract is the type.
    onStdout: splitLines((line) => onEvent(JSON.parse(line) as ProbeEvent, line)),
    onStderr: (chunk) => log.write(chunk),
  });
  let stopping = false;
  const failed = program.exited.then(({ exitCode, signal }) => {
    if (stopping) return new Promise<never>(() => undefined);
    const how = signal === null ? `exit code ${String(exitCode)}` : `signal ${signal}`;
    throw new Problem(
      'fault',
      `the ${spec.name} in pod ${spec.pod} ended with ${how}: ${lastWords(program)}`,
    );
  });
  failed.catch(() => undefined);
  return {
    failed,
    async stop() {
      stopping = true;
      await program.stop('SIGTERM', 5_000);
      await close(log);
    },
  };
}

function lastWords(program: Program): string {
  const words = program.lastWords();
  return words === '' ? '(it said nothing)' : words;
}

async function close(stream: WriteStream): Promise<void> {
  stream.end();
  await once(stream, 'close');
}
