// All programs of a run by name: each can be started, signalled and started again, as a fault has it.
import { Problem } from '../../model/problem.ts';
import type { ClientSpec, ServerSpec } from '../../model/scenario.ts';
import { pause } from '../../system/pause.ts';
import type { LineLog } from '../../system/program-log.ts';
import {
  clientWords,
  serverWords,
  startPodProgram,
  type EventSink,
  type PodProgram,
} from './pod-programs.ts';

export interface ProgramsSpec {
  readonly servers: readonly ServerSpec[];
  readonly clients: readonly ClientSpec[];
  readonly connections: number;
  /** The clients' period as they run it, after `speed`. */
  readonly periodMs: number;
  readonly speed: number;
  /** The memory cgroup of servers whose memory is limited, where there are such. */
  readonly memoryCgroup?: string | undefined;
  /** The words that start this program: Node and its script. */
  readonly self: readonly string[];
  /** The log of the program of that name. */
  readonly log: (name: string) => LineLog;
}

export interface RunPrograms {
  /** Rejects when a program ends that nobody told to; never resolves. */
  readonly failed: Promise<never>;
  /**
   * Resolves when a server listens, or a client has its first connection; a client that gets none is waited for no longer than ten
   * seconds. Waits until a former program of that name is gone.
   */
  start(name: string): Promise<void>;
  /** After SIGKILL or SIGTERM resolves when the program is gone, and its end is no failure. Nothing for one that does not run. */
  signal(name: string, signal: NodeJS.Signals): Promise<void>;
  /** Ends these in an orderly way, all at once. */
  stop(names: readonly string[]): Promise<void>;
}

const longestWaitMs = 10_000;

export function runPrograms(spec: ProgramsSpec, onEvent: EventSink): RunPrograms {
  const running = new Map<string, PodProgram>();
  /** Nobody is started again from then on. */
  const stopping = new AbortController();
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => undefined);

  function launch(
    { name, pod, memory }: Pick<ServerSpec, 'name' | 'pod' | 'memory'>,
    words: readonly string[],
    sink: EventSink,
  ): PodProgram {
    const argv = [...spec.self, ...words];
    const memoryCgroup = memory === undefined ? undefined : spec.memoryCgroup;
    const program = startPodProgram({ name, pod, argv, log: spec.log(name), memoryCgroup }, sink);
    program.failed.catch(fail);
    running.set(name, program);
    return program;
  }

  async function startServer(server: ServerSpec): Promise<void> {
    let listening: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => (listening = resolve));
    const program = launch(server, serverWords(server, spec.speed), (event, line) => {
      onEvent(event, line);
      if (event.event === 'listening') listening();
    });
    const { memory } = server;
    if (memory !== undefined) void program.gone.then(() => startAgain(server, memory.restartAfterMs));
    // One that is killed before it listens is waited for no longer.
    await Promise.race([ready, program.failed, program.gone]);
  }

  /** As a kubelet does, after its back-off. */
  async function startAgain(server: ServerSpec, afterMs: number): Promise<void> {
    await pause(afterMs / spec.speed, stopping.signal);
    if (!stopping.signal.aborted) await startServer(server).catch(fail);
  }

  async function startClient(client: ClientSpec): Promise<void> {
    const connected = Promise.withResolvers<undefined>();
    const words = clientWords(client, spec.connections, spec.periodMs, spec.speed);
    const program = launch(client, words, (event, line) => {
      onEvent(event, line);
      if (event.event === 'connected') connected.resolve(undefined);
    });
    const patience = setTimeout(() => connected.resolve(undefined), longestWaitMs);
    await Promise.race([connected.promise, program.failed, program.gone]);
    clearTimeout(patience);
  }

  return {
    failed,
    async start(name) {
      await running.get(name)?.gone;
      const server = spec.servers.find((one) => one.name === name);
      const client = spec.clients.find((one) => one.name === name);
      if (server !== undefined) await startServer(server);
      else if (client !== undefined) await startClient(client);
      else throw new Problem('fault', `the scenario has no program "${name}".`);
    },
    async signal(name, signal) {
      const program = running.get(name);
      program?.signal(signal);
      if (signal === 'SIGKILL' || signal === 'SIGTERM') await program?.gone;
    },
    async stop(names) {
      if (spec.servers.some(({ name }) => names.includes(name))) stopping.abort();
      const chosen = [...running].filter(([name]) => names.includes(name));
      await Promise.all(chosen.map(([, program]) => program.stop()));
    },
  };
}
