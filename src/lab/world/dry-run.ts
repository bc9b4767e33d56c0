// Everything that a run would do, as commands that a person could type: the world, the programs in it, who and what changes it.
import type { Setup } from '../../model/scenario.ts';
import { inNetns } from '../../system/tools/ip-netns.ts';
import { shellScript } from './plan-commands.ts';
import { actorScript } from '../actors/index.ts';
import { faultScript } from '../faults/describe.ts';
import { clientWords, serverWords } from '../workloads/pod-programs.ts';

export interface DryRunOptions {
  readonly connections: number;
  /** The clients' period as they would run it, after `speed`. */
  readonly periodMs: number;
  readonly speed: number;
}

/** The plan, then the servers and clients, then each actor and each fault with its times. Ends with a newline. */
export function dryRunScript(setup: Setup, { connections, periodMs, speed }: DryRunOptions): string {
  const programs = [
    ...setup.servers.map((server) => ({ pod: server.pod, words: serverWords(server, speed) })),
    ...setup.clients.map((client) => ({
      pod: client.pod,
      words: clientWords(client, connections, periodMs, speed),
    })),
  ];
  const started = programs.map(({ pod, words }) => `${inNetns(pod, ['netdebug', ...words]).join(' ')} &\n`);
  const actors = setup.actors.map((actor) => `\n${actorScript(actor, speed)}`);
  const faults = setup.faults.map((fault) => `\n${faultScript(fault, speed)}`);
  return [shellScript(setup.plan), '\n# the programs\n', ...started, ...actors, ...faults].join('');
}
