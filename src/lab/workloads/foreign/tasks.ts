// What a scenario asks of its servers and clients, said to programs that are not ours; and what their pods need besides.
import { familyOf } from '../../../model/family.ts';
import type { Plan } from '../../../model/plan.ts';
import type { ClientSpec, ServerSpec, Setup } from '../../../model/scenario.ts';
import { sysctl, within } from '../../world/wires.ts';
import type { ClientTask, ForeignWorkload, ServerTask } from './workload.ts';

export interface ForeignRun {
  readonly workload: ForeignWorkload;
  readonly servers: readonly ServerSpec[];
  readonly clients: readonly ClientSpec[];
  readonly connections: number;
  /** The clients' period as they run it, after `speed`. */
  readonly periodMs: number;
  readonly speed: number;
}

/** On the world's own /run, gone with it. */
const folderOf = (name: string) => `/run/netdebug-workload/${name}`;

export function serverTask({ clients, periodMs, speed }: ForeignRun, server: ServerSpec): ServerTask {
  const { name, port, idleTimeoutMs, pushEveryMs, closeEveryMs, closeWith } = server;
  return {
    port,
    folder: folderOf(name),
    family: familyOf(clients[0]?.target.address ?? ''),
    clientPeriodMs: periodMs,
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs: idleTimeoutMs / speed }),
    ...(pushEveryMs === undefined ? {} : { pushEveryMs: pushEveryMs / speed }),
    ...(closeEveryMs === undefined ? {} : { closeEveryMs: closeEveryMs / speed }),
    ...(closeWith === undefined ? {} : { closeWith }),
  };
}

/** As `netdebug client` has it. */
const usualTimeoutMs = 5_000;

const timeoutOf = ({ timeoutMs }: ClientSpec, speed: number) => (timeoutMs ?? usualTimeoutMs * speed) / speed;

/** One for each of the client's periods, which its connections have in turn; mostly one. */
export function clientTasks(run: ForeignRun, client: ClientSpec): ClientTask[] {
  const [server] = run.servers;
  if (server === undefined) throw new Error('a scenario without a server');
  const { connections, periodMs, speed } = run;
  const periods = client.periodsMs?.map((each) => each / speed) ?? [periodMs];
  return periods.flatMap((each, index) => {
    const own = Math.ceil((connections - index) / periods.length);
    if (own <= 0) return [];
    return {
      ...{ ...client.target, connections: own, periodMs: each },
      timeoutMs: timeoutOf(client, speed),
      payloadBytes: client.payloadBytes ?? 0,
      server: serverTask(run, server),
    };
  });
}

/**
 * Makes the kernel of each client's pod give up as soon after the scenario's timeout as it can: most programs leave that to the
 * kernel, whose own patience is of a quarter of an hour.
 */
export function patiencePlan({ clients }: Setup, speed: number): Plan {
  const byPod = new Map(clients.map((client) => [client.pod, timeoutOf(client, speed)]));
  return [...byPod].flatMap(([pod, timeoutMs]) =>
    within([
      sysctl(pod, 'net.ipv4.tcp_retries2', String(retriesWithin(timeoutMs))),
      sysctl(pod, 'net.ipv4.tcp_syn_retries', '1'),
    ]),
  );
}

/** The fewest retransmissions whose time, 200 ms and twice as long after each, is not shorter than the timeout. */
export function retriesWithin(timeoutMs: number): number {
  let retries = 1;
  while ((2 ** (retries + 1) - 1) * 200 < timeoutMs && retries < 15) retries += 1;
  return retries;
}
