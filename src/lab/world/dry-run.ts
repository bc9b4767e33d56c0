// Everything that a run would do, as commands that a person could type: the world, the programs in it, who and what changes it.
import type { Setup } from '../../model/scenario.ts';
import { shellQuote } from '../../system/shell-quote.ts';
import { inNetns } from '../../system/tools/ip-netns.ts';
import { unprivileged } from '../../system/unprivileged.ts';
import { shellScript } from './plan-commands.ts';
import { actorScript } from '../actors/index.ts';
import { faultScript } from '../faults/describe.ts';
import { foreignScript } from '../workloads/foreign/foreign-script.ts';
import type { ForeignWorkload } from '../workloads/foreign/workload.ts';
import { proxyWords } from '../workloads/proxies.ts';
import { watchedNodes, watcherArgv } from '../workloads/watchers.ts';
import { clientWords, serverWords } from '../workloads/pod-programs.ts';

export interface DryRunOptions {
  readonly connections: number;
  /** The clients' period as they would run it, after `speed`. */
  readonly periodMs: number;
  readonly speed: number;
  /** Programs that are not ours, in place of our own. */
  readonly foreign?: ForeignWorkload | null;
  /** Whether `netdebug watch` runs on each node. */
  readonly watch?: boolean;
}

/** The plan, then the servers and clients, then each actor and each fault with its times. Ends with a newline. */
export function dryRunScript(setup: Setup, options: DryRunOptions): string {
  const { speed, foreign = null, watch = false } = options;
  const started =
    foreign === null
      ? probeScript(setup, options)
      : foreignScript({ ...setup, ...options, workload: foreign });
  const proxies = (setup.proxies ?? []).map((proxy) => {
    const argv = inNetns(proxy.pod, unprivileged(true, proxyWords(proxy, setup)));
    return `${shellQuote(argv)} &\n`;
  });
  const watchers = (watch ? watchedNodes(setup.topology) : []).map(
    (node) => `${shellQuote(watcherArgv(node, ['netdebug']))} &\n`,
  );
  const actors = setup.actors.map((actor) => `\n${actorScript(actor, speed)}`);
  const faults = setup.faults.map((fault) => `\n${faultScript(fault, speed)}`);
  return [
    shellScript(setup.plan),
    '\n# the programs\n',
    started,
    ...proxies,
    ...watchers,
    ...actors,
    ...faults,
  ].join('');
}

function probeScript(setup: Setup, { connections, periodMs, speed }: DryRunOptions): string {
  const programs = [
    ...setup.servers.map((server) => ({ pod: server.pod, words: serverWords(server, speed) })),
    ...setup.clients.map((client) => ({
      pod: client.pod,
      words: clientWords(client, connections, periodMs, speed),
    })),
  ];
  const limits = setup.servers.map(({ name, memory }) =>
    memory === undefined ? '' : `# ${name} is in a memory cgroup of ${memory.limitMiB} MiB\n`,
  );
  const lines = programs.map(({ pod, words }) => `${inNetns(pod, ['netdebug', ...words]).join(' ')} &\n`);
  return [...limits, ...lines].join('');
}
