// The servers and clients of a run: real processes of this program in the pods' namespaces, reporting by events.
import { formatDuration } from '../../model/duration.ts';
import { Problem } from '../../model/problem.ts';
import type { ProbeEvent } from '../../model/probe-event.ts';
import type { ClientSpec, ServerSpec } from '../../model/scenario.ts';
import { startProgram, type Program } from '../../system/process.ts';
import { programLog, type LineLog } from '../../system/program-log.ts';
import { inNetns } from '../../system/tools/ip-netns.ts';
import { splitLines } from '../../system/split-lines.ts';

/** Takes each event as it comes, with the line it was written as. */
export type EventSink = (event: ProbeEvent, line: string) => void;

export interface PodProgram {
  /** Rejects when the program ends without having been asked to, with its last words; never resolves. */
  readonly failed: Promise<never>;
  /** Sends a signal that the program may die of; waits for nothing. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it is gone and its events have been delivered. */
  readonly gone: Promise<void>;
  /** Ends it in an orderly way; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface PodProgramSpec {
  readonly pod: string;
  /** What the program is called in messages. */
  readonly name: string;
  /** The words of this program itself: Node, the script, then the command. */
  readonly argv: readonly string[];
  /** Its log. */
  readonly log: LineLog;
}

/** The words after `netdebug` that start a server; times are divided by `speed`. */
export function serverWords(server: ServerSpec, speed: number): string[] {
  return [
    'server',
    ...['--port', String(server.port)],
    ...timeFlag('--deadline', server.deadlineMs, speed),
    ...timeFlag('--push-every', server.pushEveryMs, speed),
    ...timeFlag('--close-every', server.closeEveryMs, speed),
    ...(server.closeWith === undefined ? [] : ['--close-with', server.closeWith]),
    ...['--events', '-'],
  ];
}

/** The words after `netdebug` that start the clients of one class. `periodMs` is divided already, the timeout is not. */
export function clientWords(
  client: ClientSpec,
  connections: number,
  periodMs: number,
  speed: number,
): string[] {
  const { address, port } = client.target;
  return [
    'client',
    ...['--host', address],
    ...['--port', String(port)],
    ...timeFlag('--period', periodMs, 1),
    ...timeFlag('--timeout', client.timeoutMs, speed),
    ...['--connections', String(connections)],
    ...['--class', client.name],
    ...['--events', '-'],
  ];
}

function timeFlag(flag: string, milliseconds: number | undefined, speed: number): string[] {
  return milliseconds === undefined ? [] : [flag, formatDuration(milliseconds / speed)];
}

export function startPodProgram(spec: PodProgramSpec, onEvent: EventSink): PodProgram {
  const log = programLog(spec.log);
  const program = startProgram(inNetns(spec.pod, spec.argv), {
    // Our own program writes these lines, in this very version: the contract is the type.
    onStdout: splitLines((line) => onEvent(JSON.parse(line) as ProbeEvent, line)),
    onStderr: (chunk) => log.take(chunk),
  });
  let mayEnd = false;
  const failed = program.exited.then(({ exitCode, signal }) => {
    if (mayEnd) return new Promise<never>(() => undefined);
    const how = signal === null ? `exit code ${String(exitCode)}` : `signal ${signal}`;
    throw new Problem(
      'fault',
      `the ${spec.name} in pod ${spec.pod} ended with ${how}: ${lastWords(program)}`,
    );
  });
  failed.catch(() => undefined);
  const gone = program.exited.then(
    () => log.end(),
    () => log.end(),
  );
  return {
    failed,
    gone,
    signal(signal) {
      if (signal === 'SIGKILL' || signal === 'SIGTERM') mayEnd = true;
      program.signal(signal);
    },
    async stop() {
      mayEnd = true;
      // A fault may have left it stopped, and then it would not hear that it is to end.
      program.signal('SIGCONT');
      await program.stop('SIGTERM', 5_000);
      await gone;
    },
  };
}

function lastWords(program: Program): string {
  const words = program.lastWords();
  return words === '' ? '(it said nothing)' : words;
}
