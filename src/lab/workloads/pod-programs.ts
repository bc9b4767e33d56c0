// The servers and clients of a run: real processes of this program in the pods' namespaces, reporting by events.
import { formatDuration } from '../../model/duration.ts';
import { Problem } from '../../model/problem.ts';
import type { ProbeEvent } from '../../model/probe-event.ts';
import type { ClientSpec, ServerSpec } from '../../model/scenario.ts';
import { startProgram, type Program } from '../../system/process.ts';
import { inMemoryCgroup } from '../../system/memory-cgroup.ts';
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
  /** The memory cgroup that it is put into; with one, that the kernel kills it is no failure. */
  readonly memoryCgroup?: string | undefined;
}

/** The words after `netdebug` that start a server; times are divided by `speed`. */
export function serverWords(server: ServerSpec, speed: number): string[] {
  return [
    'server',
    ...['--port', String(server.port)],
    ...timeFlag('--deadline', server.deadlineMs, speed),
    ...timeFlag('--idle-timeout', server.idleTimeoutMs, speed),
    ...timeFlag('--push-every', server.pushEveryMs, speed),
    ...timeFlag('--close-every', server.closeEveryMs, speed),
    ...(server.closeWith === undefined ? [] : ['--close-with', server.closeWith]),
    ...(server.backlog === undefined ? [] : ['--backlog', String(server.backlog)]),
    ...(server.sharedPort === true ? ['--share-port'] : []),
    ...memoryWords(server, speed),
    ...['--events', '-'],
  ];
}

function memoryWords({ memory }: ServerSpec, speed: number): string[] {
  if (memory === undefined) return [];
  const { takeMiB, takeEveryMs, takeForMs } = memory;
  return [
    ...['--take-memory', `${takeMiB}MiB`],
    ...timeFlag('--take-every', takeEveryMs, speed),
    ...(takeForMs === 0 ? [] : timeFlag('--take-for', takeForMs, speed)),
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
    ...(client.periodsMs === undefined
      ? []
      : ['--periods', client.periodsMs.map((each) => formatDuration(each / speed)).join(',')]),
    ...timeFlag('--idle-limit', client.idleLimitMs, speed),
    ...timeFlag('--keep-alive', client.keepAliveMs, 1),
    ...timeFlag('--timeout', client.timeoutMs, speed),
    ...timeFlag('--connect-timeout', client.connectTimeoutMs, speed),
    ...(client.payloadBytes === undefined ? [] : ['--payload', String(client.payloadBytes)]),
    ...timeFlag('--close-every', client.closeEveryMs, speed),
    ...(client.closeWith === undefined ? [] : ['--close-with', client.closeWith]),
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
  const { memoryCgroup } = spec;
  const inPod = inNetns(spec.pod, spec.argv);
  const argv = memoryCgroup === undefined ? inPod : inMemoryCgroup(memoryCgroup, inPod);
  const program = startProgram(argv, {
    // Our own program writes these lines, in this very version: the contract is the type.
    onStdout: splitLines((line) => onEvent(JSON.parse(line) as ProbeEvent, line)),
    onStderr: (chunk) => log.take(chunk),
  });
  let mayEnd = false;
  const failed = program.exited.then(({ exitCode, signal }) => {
    if (mayEnd || (memoryCgroup !== undefined && signal === 'SIGKILL'))
      return new Promise<never>(() => undefined);
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
