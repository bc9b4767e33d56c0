// The bound on a server's memory, as a container has it: made by the outer half of a lab, which lives longer than the world.
import type { ServerSpec } from '../../model/scenario.ts';
import { limitMemory, type LimitedMemory } from '../../system/memory-cgroup.ts';

/** Null where no server has a limit. Throws a `missing` Problem where there can be none here. */
export function limitServers(servers: readonly ServerSpec[]): LimitedMemory | null {
  const limits = servers.flatMap(({ memory }) => memory?.limitMiB ?? []);
  return limits.length === 0 ? null : limitMemory(Math.max(...limits) * 1_024 ** 2);
}
