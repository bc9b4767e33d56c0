// Every workload that is not of our own probes: one is its file and a line here.
import { resolve } from 'node:path';
import { Problem } from '../../../model/problem.ts';
import type { Setup } from '../../../model/scenario.ts';
import { findPackageManager } from '../../../system/find-tool.ts';
import { installProgramsCommand, missingPrograms } from '../../../system/workload-programs.ts';
import { grpc } from './grpc.ts';
import { http } from './http.ts';
import { postgres } from './postgres.ts';
import { raw } from './raw.ts';
import { redis } from './redis.ts';
import type { ForeignWorkload } from './workload.ts';

export const foreignWorkloads: readonly ForeignWorkload[] = [raw, redis, postgres, http];

/** `grpc=PROGRAM` names the program, too. Throws a usage Problem that lists them when there is none of that name. */
export function findWorkload(name: string): ForeignWorkload {
  const program = /^grpc=(.+)$/.exec(name)?.[1];
  if (program !== undefined) return grpc(resolve(program));
  const found = foreignWorkloads.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = foreignWorkloads.map((one) => one.name).join(', ');
  throw new Problem('usage', `there is no workload "${name}"; choose one of: ${names}, grpc=PROGRAM.`);
}

/** Throws a usage Problem when the scenario has no form with these programs. */
export function refuseUnable(
  workload: ForeignWorkload,
  scenario: string,
  { servers, clients, faults }: Setup,
): void {
  const refuse = (why: string) => {
    throw new Problem('usage', `${scenario} has no form with the workload ${workload.name}: ${why}.`);
  };
  const own = new Set(servers.map(({ name }) => name));
  const actions = faults.flatMap(({ steps }) => steps.flatMap((step) => step.actions));
  const signalled = actions.filter((action) => action.do === 'signal' && !own.has(action.program));
  if (signalled.length > 0 && !actions.some((action) => action.do === 'start' && !own.has(action.program))) {
    refuse('it stops our probes, and is about what they then report');
  }
  if (servers.some(({ memory }) => memory !== undefined)) {
    refuse('its server takes memory when it is told to, which only ours does');
  }
  if (servers.some(({ sharedPort }) => sharedPort === true)) {
    refuse('its servers share one port, which only ours can');
  }
  if (workload.saysLong !== true && clients.some(({ payloadBytes }) => payloadBytes !== undefined))
    refuse('what its clients say is short');
  if (clients.some(({ closeEveryMs }) => closeEveryMs !== undefined)) {
    refuse('its clients end their connections in a way that only our own can be told to');
  }
  for (const server of servers) {
    const why = workload.unable(server);
    if (why !== null) refuse(why);
  }
}

/** Throws a `missing` Problem with the command that installs them when programs of a run that are not ours are not here. */
export function requirePrograms(workload: ForeignWorkload | null, { proxies = [] }: Setup): void {
  const missing = missingPrograms([
    ...new Set([...(workload?.programs ?? []), ...proxies.map(() => 'socat' as const)]),
  ]);
  if (missing.length === 0) return;
  const manager = findPackageManager();
  const how =
    manager === undefined
      ? 'install the packages that bring them'
      : `type: ${installProgramsCommand(missing, manager, { root: process.getuid?.() === 0 })}`;
  throw new Problem(
    'missing',
    `The ${workload === null ? 'proxy' : `workload ${workload.name}`} needs ${missing.join(', ')}; ${how}`,
  );
}
