// The programs of a run with a workload that is not ours: started in the pods without rights, waited for by what the kernel says.
import { Problem } from '../../../model/problem.ts';
import type { ClientSpec, ServerSpec } from '../../../model/scenario.ts';
import { pause } from '../../../system/pause.ts';
import { makeProgramFolder } from '../../../system/program-folder.ts';
import { runChecked, startProgram, type Program } from '../../../system/process.ts';
import { signalTree } from '../../../system/process-tree.ts';
import type { LineLog } from '../../../system/program-log.ts';
import { tcpSocketsOf, type TcpSocket } from '../../../system/tcp-table.ts';
import { inNetns } from '../../../system/tools/ip-netns.ts';
import { nobody, unprivileged } from '../../../system/unprivileged.ts';
import { outputLog } from '../output-log.ts';
import type { RunPrograms } from '../run-programs.ts';
import { clientTasks, serverTask, type ForeignRun } from './tasks.ts';

export interface ForeignProgramsSpec extends ForeignRun {
  /** Where the program of that name logs. */
  readonly log: (name: string) => LineLog;
}

/** A server, what stands beside one, or the clients of a class: a program for each of their periods. */
interface Running {
  readonly main: Program;
  readonly all: readonly Program[];
  mayEnd: boolean;
  readonly gone: Promise<void>;
}

const longestWaitMs = 10_000;
const isRoot = () => process.getuid?.() === 0;

/** As runPrograms does it for our own; a server that listens is one for which the kernel has a listening socket. */
export function runForeign(spec: ForeignProgramsSpec): RunPrograms {
  const { workload } = spec;
  const running = new Map<string, Running>();
  const prepared = new Set<string>();
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => undefined);

  function launch(name: string, pod: string, commands: readonly (readonly string[])[]): Running {
    const log = outputLog(spec.log(name));
    const all = commands.map((argv) => startProgram(inNetns(pod, unprivileged(isRoot(), argv)), log));
    const [main] = all;
    if (main === undefined) throw new Error(`${name} has no program`);
    const gone = Promise.allSettled(all.map((program) => program.exited)).then(() => log.end());
    const own: Running = { main, all, mayEnd: false, gone };
    for (const program of all) {
      program.exited.then(({ exitCode, signal }) => {
        if (own.mayEnd) return;
        const how = signal === null ? `exit code ${String(exitCode)}` : `signal ${signal}`;
        const words = program.lastWords() || '(it said nothing)';
        fail(new Problem('fault', `the ${name} in ${pod} (${workload.name}) ended with ${how}: ${words}`));
      }, fail);
    }
    running.set(name, own);
    return own;
  }

  /** Until a socket of the program's namespace is as wanted, the program is gone, or it takes too long. */
  async function until(own: Running, isWanted: (socket: TcpSocket) => boolean): Promise<boolean> {
    const state = { gone: false };
    void own.gone.then(() => (state.gone = true));
    const end = performance.now() + longestWaitMs;
    while (!state.gone && performance.now() < end) {
      if (tcpSocketsOf(own.main.pid).some(isWanted)) return true;
      await pause(20);
    }
    return state.gone;
  }

  async function startServer(server: ServerSpec): Promise<void> {
    const task = serverTask(spec, server);
    if (!prepared.has(server.name)) await prepare(spec, server);
    prepared.add(server.name);
    const own = launch(server.name, server.pod, [workload.server(task)]);
    const listens = await until(
      own,
      ({ state, localPort }) => state === 'listening' && localPort === task.port,
    );
    if (!listens) {
      throw new Problem('fault', `the ${server.name} in ${server.pod} (${workload.name}) does not listen.`);
    }
    const beside = workload.beside(task);
    if (beside === null || own.mayEnd) return;
    launch(besideOf(server.name), server.pod, [beside]);
  }

  async function startClients(client: ClientSpec): Promise<void> {
    const commands = clientTasks(spec, client).map((task) => workload.clients(task));
    const own = launch(client.name, client.pod, commands);
    const { port } = client.target;
    // A client that gets no connection is waited for no longer than that.
    await until(own, ({ state, remotePort }) => state === 'established' && remotePort === port);
  }

  async function end(name: string, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const own = running.get(name);
    if (own === undefined) return;
    own.mayEnd = true;
    for (const program of own.all)
      if (signal === 'SIGKILL') signalTree(program.pid, 'SIGKILL');
      else program.signal(workload.stopSignal);
    await own.gone;
  }

  return {
    failed,
    async start(name) {
      await running.get(name)?.gone;
      const server = spec.servers.find((one) => one.name === name);
      const client = spec.clients.find((one) => one.name === name);
      if (server !== undefined) await startServer(server);
      else if (client !== undefined) await startClients(client);
      else throw new Problem('fault', `the scenario has no program "${name}".`);
    },
    async signal(name, signal) {
      const own = running.get(name);
      if (own === undefined) return;
      if (signal === 'SIGKILL' || signal === 'SIGTERM') {
        await Promise.all([end(name, signal), end(besideOf(name), 'SIGKILL')]);
      } else {
        for (const program of own.all) signalTree(program.pid, signal);
      }
    },
    async stop(names) {
      const chosen = names.flatMap((name) => [besideOf(name), name]);
      await Promise.all(chosen.map((name) => end(name, 'SIGKILL')));
    },
  };
}

const besideOf = (server: string) => `${server}-beside`;

async function prepare(spec: ForeignProgramsSpec, server: ServerSpec): Promise<void> {
  const { workload } = spec;
  const task = serverTask(spec, server);
  await makeProgramFolder(task.folder, workload.files(task), isRoot() ? nobody : null);
  const argv = workload.prepare(task);
  if (argv !== null)
    await runChecked(inNetns(server.pod, unprivileged(isRoot(), argv)), { timeoutMs: 60_000 });
}
