// The memory of one coordinator of a large cluster: read, then polled by all agents, then kept up to date for a while.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makePod } from './in-pod.ts';
import { makeMemoryCgroup } from './memory-cgroup.ts';

/** MiB resident: now, and at most so far. */
export interface Resident {
  readonly now: number;
  readonly peak: number;
  /** Of now, what is not the program's own file, which is shared and can be let go. */
  readonly own: number;
  /** Of now, what its cgroup is charged with, which is what Kubernetes counts; null where none may be made. */
  readonly charged: number | null;
}

export interface CoordinatorMemory {
  /** With the whole cluster read and planned, and nobody asking. */
  readonly synced: Resident;
  /** With heartbeats of the nodes for a while. */
  readonly watching: Resident;
  /** With an agent of each node waiting for news. */
  readonly polled: Resident;
}

const heartbeatsPerSecond = 100;
const watchMs = 20_000;

/** @param program The words that start netdebug. */
export async function coordinatorMemory(
  program: readonly string[],
  size: number,
  environment: Readonly<Record<string, string>>,
): Promise<CoordinatorMemory> {
  const started: ChildProcess[] = [];
  const part = async (script: string, ...words: (string | number)[]) => {
    const child = fork(join(import.meta.dirname, script), words.map(String));
    started.push(child);
    const [message] = (await once(child, 'message')) as [unknown];
    return message;
  };
  const apiPort = Number(await part('big-api.ts', size, heartbeatsPerSecond));
  const ca = join(import.meta.dirname, '../../test/fixtures/api-certificates/ca.pem');
  const pod = makePod('token-of-the-bench', ca, apiPort);
  const cgroup = makeMemoryCgroup();
  const resident = (pid: number): Resident => ({
    ...residentOf(pid),
    charged: cgroup === null ? null : cgroup.workingSet(),
  });
  try {
    // All its agents come from one address, and have no pod that a token could be bound to.
    const agents = ['--no-agent-authentication', '--max-connections-per-address', String(size + 100)];
    const argv = pod.inside([...program, 'mesh', 'coordinator', '--listen', '127.0.0.1:0', ...agents]);
    const [file = '', ...words] = cgroup === null ? argv : cgroup.inside(argv);
    const child = spawn(file, words, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...environment, ...pod.environment },
    });
    started.push(child);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const has = async (what: RegExp) => {
      for (let looks = 0; looks < 1_200 && child.exitCode === null; looks++) {
        const found = what.exec(said);
        if (found !== null) return found;
        await sleep(100);
      }
      throw new Error(`the coordinator did not say ${String(what)}: ${said}`);
    };
    const port = Number((await has(/Serves plans on .*:([0-9]+);/))[1]);
    await has(new RegExp(`Planned ${size} nodes`));
    const synced = resident(child.pid ?? 0);
    await sleep(watchMs);
    const watching = resident(child.pid ?? 0);
    await part('polling-agents.ts', port, size);
    await sleep(5_000);
    return { synced, watching, polled: resident(child.pid ?? 0) };
  } finally {
    for (const child of started) child.kill('SIGKILL');
    await Promise.all(
      started
        .filter((child) => child.exitCode === null && child.signalCode === null)
        .map((child) => once(child, 'exit')),
    );
    cgroup?.remove();
    pod.remove();
  }
}

/** unshare, the shell and Node.js replace each other, so the process is the one that was started. */
function residentOf(pid: number): Omit<Resident, 'charged'> {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (field: string) =>
    Number(new RegExp(`^${field}:\\s+([0-9]+) kB$`, 'm').exec(status)?.[1]) / 1_024;
  return { now: mib('VmRSS'), peak: mib('VmHWM'), own: mib('RssAnon') };
}
