// Whose a socket is, of those who have it open: what all of them have in common.
import type { processSchema } from '../../model/event-base.ts';
import type { z } from '../../model/schema.ts';
import type { PodNames } from '../names/pod-names.ts';
import { ownerOfCgroup } from './cgroup-path.ts';
import type { ProcessIdentity } from './process-identity.ts';

type Process = z.infer<typeof processSchema>;

export interface SocketOwner {
  readonly process: Process | null;
  /** A cgroup's path: the process's, else the one that the socket was made in. */
  readonly cgroup: string | null;
  /** How that is known, as the event's `ownerBy`; null for nobody. */
  readonly by: 'descriptor' | 'listener' | 'cgroup' | null;
}

/**
 * A socket that a process inherited or was handed is open in several: what differs between them is null, for no list tells who of them
 * uses it.
 */
export function ownerOf(
  pids: readonly string[],
  socketCgroup: string | null,
  names: PodNames,
  identify: (pid: string) => ProcessIdentity | undefined,
): SocketOwner {
  const found = pids.flatMap((pid): { process: Process; cgroup: string | null }[] => {
    const identity = identify(pid);
    if (identity === undefined) return [];
    const { command, cgroup, arguments: words } = identity;
    const process = { pid: Number(pid), command, ...names.of(cgroup) };
    return [
      { process: words === undefined ? process : { ...process, arguments: [...words] }, cgroup: cgroup.path },
    ];
  });
  const [first, ...others] = found;
  if (first === undefined) return ownerByCgroup(socketCgroup, names);
  if (others.length === 0) return { ...first, by: 'descriptor' };
  const common = (key: keyof Process) => others.every((other) => other.process[key] === first.process[key]);
  const { pid, command, container, pod } = first.process;
  const process = {
    pid: common('pid') ? pid : null,
    command: common('command') ? command : null,
    container: common('container') ? container : null,
    pod: common('pod') ? pod : null,
  };
  const isOne = others.every(({ cgroup }) => cgroup === first.cgroup);
  return { process: orNobody(process), cgroup: isOne ? first.cgroup : null, by: 'descriptor' };
}

/**
 * The cgroup in which a socket was made, for an accepted one its listener's, stays known when no process has it: a program that is
 * moved takes its sockets' past with it, but not out of its pod.
 */
export function ownerByCgroup(cgroup: string | null, names: PodNames): SocketOwner {
  if (cgroup === null) return { process: null, cgroup, by: null };
  const named = names.of(ownerOfCgroup(cgroup));
  const process = orNobody({ pid: null, command: null, ...named });
  return { process, cgroup, by: process === null ? null : 'cgroup' };
}

const orNobody = (process: Process) =>
  Object.values(process).every((value) => value === null) ? null : process;
