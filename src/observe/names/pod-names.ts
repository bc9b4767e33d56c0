// What pods and their containers are called, from what the kubelet keeps on the node: names of folders and links, none of their content.
import { existsSync, readdirSync } from 'node:fs';
import type { CgroupOwner } from '../sockets/cgroup-path.ts';

export interface PodNames {
  /** NAMESPACE/NAME of the pod, and what the container is called: its name in the pod, else the beginning of its id. */
  of(owner: CgroupOwner): { readonly pod: string | null; readonly container: string | null };
  /** Somebody who knows, such as the API, says what the pod with this UID is called. */
  learn(podUid: string, pod: string): void;
  /** Why pods have no names here, in words; null when the node tells them. */
  blindness(): string | null;
}

/** `NAMESPACE_NAME_UID`; no name has an underscore. */
const podFolder = /^([a-z0-9.-]+)_([a-z0-9.-]+)_([0-9a-f-]{32,36})$/;
/** `NAME_NAMESPACE_CONTAINER-ID.log` */
const containerLink = /^([a-z0-9.-]+)_([a-z0-9.-]+)_([a-z0-9.-]+)-([0-9a-f]{64})\.log$/;

/** A pod that is not found may have come just now; but one of those that nobody keeps here must not have us look all the time. */
const leastBetweenLooksMs = 2_000;

/** In a container the node's files are reached through its first process, where the rights suffice. */
const usualRoots = ['', '/proc/1/root'];

/** `roots`: what stands before the paths of the node's files, empty for our own; the first that has the kubelet's is taken. `monotonic`: milliseconds. */
export function createPodNames(
  roots: readonly string[] = usualRoots,
  monotonic: () => number = () => performance.now(),
): PodNames {
  const pods = new Map<string, string>();
  const containers = new Map<string, { readonly pod: string; readonly name: string }>();
  let lookedAt = -Infinity;
  const rootOf = () => roots.find((root) => existsSync(`${root}/var/log/pods`));

  function look(): void {
    if (monotonic() - lookedAt < leastBetweenLooksMs) return;
    lookedAt = monotonic();
    const root = rootOf();
    if (root === undefined) return;
    for (const folder of namesIn(`${root}/var/log/pods`)) {
      const [, namespace, name, uid] = podFolder.exec(folder) ?? [];
      if (namespace !== undefined && name !== undefined && uid !== undefined)
        pods.set(uid, `${namespace}/${name}`);
    }
    for (const link of namesIn(`${root}/var/log/containers`)) {
      const [, pod, namespace, name, id] = containerLink.exec(link) ?? [];
      if (pod !== undefined && namespace !== undefined && name !== undefined && id !== undefined)
        containers.set(id, { pod: `${namespace}/${pod}`, name });
    }
  }

  const podOf = ({ podUid, containerId }: CgroupOwner) =>
    (podUid === null ? undefined : pods.get(podUid)) ??
    (containerId === null ? undefined : containers.get(containerId)?.pod);

  return {
    of(owner) {
      const { podUid, containerId } = owner;
      const isKnown = () =>
        (podUid === null || podOf(owner) !== undefined) &&
        (containerId === null || containers.has(containerId));
      if (!isKnown()) look();
      const named = containerId === null ? undefined : containers.get(containerId);
      return {
        pod: podOf(owner) ?? null,
        // As `docker ps` and `crictl ps` shorten it.
        container: named?.name ?? containerId?.slice(0, 12) ?? null,
      };
    },
    learn: (podUid, pod) => void pods.set(podUid, pod),
    blindness() {
      if (pods.size > 0 || rootOf() !== undefined) return null;
      return "no kubelet keeps its pods' logs here (/var/log/pods), so that pods are known by their container's id at most";
    },
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
