// All programs of a run by name: each can be started, signalled and started again, as a fault has it.
import { Problem } from '../../model/problem.ts';
import type { ClientSpec, ServerSpec } from '../../model/scenario.ts';
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
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => undefined);

  function launch(name: string, pod: string, words: readonly string[], sink: EventSink): PodProgram {
    const argv = [...spec.self, ...words];
    const program = startPodProgram({ name, pod, argv, log: spec.log(name) }, sink);
    program.failed.catch(fail);
    running.set(name, program);
    return program;
  }

  async function startServer(server: ServerSpec): Promise<void> {
    let listening: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => (listening = resolve));
    const program = launch(server.name, server.pod, serverWords(server, spec.speed), (event, line) => {
      onEvent(event, line);
      if (event.event === 'listening') listening();
    });
    // One that is killed before it listens is waited for no longer.
    await Promise.race([ready, program.failed, program.gone]);
  }

  async function startClient(client: ClientSpec): Promise<void> {
    const connected = Promise.withResolvers<undefined>();
    const words = clientWords(client, spec.connections, spec.periodMs, spec.speed);
    const program = launch(client.name, client.pod, words, (event, line) => {
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
      const chosen = [...running].filter(([name]) => names.includes(name));
      await Promise.all(chosen.map(([, program]) => program.stop()));
    },
  };
}
