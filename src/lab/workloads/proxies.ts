// Proxies beside an application, as a mesh's sidecars are: what comes for the application's port is redirected to them in its pod.
import { familyOf } from '../../model/family.ts';
import type { Plan } from '../../model/plan.ts';
import { Problem } from '../../model/problem.ts';
import type { ProxySpec, Setup } from '../../model/scenario.ts';
import { pause } from '../../system/pause.ts';
import { startProgram, type Program } from '../../system/process.ts';
import { signalTree } from '../../system/process-tree.ts';
import type { LineLog } from '../../system/program-log.ts';
import { tcpSocketsOf } from '../../system/tcp-table.ts';
import { inNetns } from '../../system/tools/ip-netns.ts';
import { unprivileged } from '../../system/unprivileged.ts';
import { programPath } from '../../system/workload-programs.ts';
import { within } from '../world/wires.ts';
import { outputLog } from './output-log.ts';

/** The rule in the pod that leads there what comes in from outside; the proxy's own connections come over loopback. */
export function redirectPlan({ pod, port, to }: ProxySpec): Plan {
  const rule = `-i eth0 -p tcp -m tcp --dport ${to} -j REDIRECT --to-ports ${port}`;
  const tables = [{ name: 'nat', chains: { PREROUTING: [rule] } }] as const;
  return within([{ do: 'load-iptables', netns: pod, tables }]);
}

/** The words that start one: a connection to the application for each that comes. */
export function proxyWords({ port, to }: ProxySpec, { clients }: Pick<Setup, 'clients'>): string[] {
  const ipv6 = familyOf(clients[0]?.target.address ?? '') === 'ipv6';
  const [listen, loopback] = ipv6 ? ['TCP6-LISTEN', '[::1]'] : ['TCP4-LISTEN', '127.0.0.1'];
  return [programPath('socat'), `${listen}:${port},reuseaddr,fork,backlog=64`, `TCP:${loopback}:${to}`];
}

export interface Proxies {
  /** Rejects when one ends that nobody told to; never resolves. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/** Resolves when all of them listen. */
export async function startProxies(setup: Setup, logOf: (name: string) => LineLog): Promise<Proxies> {
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  const state = { ending: false };
  const asRoot = process.getuid?.() === 0;
  const all = (setup.proxies ?? []).map((proxy): { proxy: ProxySpec; program: Program } => {
    const log = outputLog(logOf(proxy.name));
    const argv = inNetns(proxy.pod, unprivileged(asRoot, proxyWords(proxy, setup)));
    const program = startProgram(argv, log);
    const ended = () => {
      log.end();
      if (!state.ending)
        fail(new Problem('fault', `the ${proxy.name} in ${proxy.pod} ended: ${program.lastWords()}`));
    };
    program.exited.then(ended, ended);
    return { proxy, program };
  });
  await Promise.race([failed, Promise.all(all.map(({ proxy, program }) => listening(program, proxy.port)))]);
  return {
    failed,
    async stop() {
      state.ending = true;
      for (const { program } of all) signalTree(program.pid, 'SIGKILL');
      await Promise.allSettled(all.map(({ program }) => program.exited));
    },
  };
}

const longestWaitMs = 10_000;

async function listening({ pid }: Program, port: number): Promise<void> {
  const end = performance.now() + longestWaitMs;
  while (performance.now() < end) {
    if (tcpSocketsOf(pid).some(({ state, localPort }) => state === 'listening' && localPort === port)) return;
    await pause(20);
  }
  throw new Problem('fault', `the proxy on port ${port} does not listen.`);
}
