// The memory cgroups of a node: of all processes in its network namespaces. Whoever has a connection or a listener is among them.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { namespaceOf, type PodFinder } from '../pod-namespaces.ts';
import { ownerOfCgroup, type CgroupOwner } from '../sockets/cgroup-path.ts';
import type { MemoryCgroup, MemoryHierarchy } from '../../system/memory-hierarchy.ts';

export interface NodeCgroups {
  readonly cgroups: readonly NodeCgroup[];
  /** Processes of the node whose cgroups cannot be seen from here. */
  readonly outside: number;
}

export interface NodeCgroup extends MemoryCgroup {
  readonly owner: CgroupOwner;
  /** The address of the pod whose processes alone are in it; null for the node's own, undefined where they are of several. */
  readonly pod: string | null | undefined;
}

/**
 * A cgroup in which a process of another namespace is, too, is nobody's: nodes may share a machine. With a container's cgroup that of
 * its pod is looked at in v2, which counts for all below it and stays when the runtime removes the container's.
 */
export function findNodeCgroups(
  nodeProc: string,
  pods: Pick<PodFinder, 'find'>,
  { version, folderOf }: MemoryHierarchy,
): NodeCgroups {
  const ours = new Map<unknown, string | null>([
    [namespaceOf(nodeProc), null],
    ...pods.find().map(({ id, address }) => [id, address] as const),
  ]);
  const found = new Map<string, MemoryCgroup & Pick<NodeCgroup, 'pod'>>();
  const shared = new Set<string>();
  let outside = 0;
  for (const pid of readdirSync('/proc')) {
    const first = pid.charCodeAt(0);
    if (first < 49 || first > 57) continue;
    const cgroup = folderOf(cgroupsOf(pid));
    if (cgroup === undefined) continue;
    const namespace = namespaceOf(`/proc/${pid}`);
    const isOurs = ours.has(namespace);
    if (namespace === undefined) continue;
    if (cgroup === 'outside') outside += isOurs ? 1 : 0;
    else if (isOurs) {
      const pod = ours.get(namespace);
      const other = found.get(cgroup.folder);
      found.set(cgroup.folder, {
        ...cgroup,
        pod: other === undefined || other.pod === pod ? pod : undefined,
      });
    } else shared.add(cgroup.folder);
  }
  for (const folder of shared) found.delete(folder);
  for (const { path, folder, pod } of version === 'v2' ? [...found.values()] : []) {
    const parent = { path: dirname(path), folder: dirname(folder), pod };
    const { containerId, podUid } = ownerOfCgroup(path);
    if (containerId !== null && podUid !== null && ownerOfCgroup(parent.path).podUid === podUid)
      found.set(parent.folder, parent);
  }
  const cgroups = [...found.values()].map((cgroup) => ({ ...cgroup, owner: ownerOfCgroup(cgroup.path) }));
  return { cgroups, outside };
}

function cgroupsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return '';
  }
}
