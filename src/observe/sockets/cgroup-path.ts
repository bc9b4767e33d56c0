// Whose a cgroup is, by its path: runtimes and kubelets write the container's and the pod's id into it, each in a form of its own.

export interface CgroupOwner {
  /** The container's whole id; null for a process that is in none, or in one that no runtime named by an id. */
  readonly containerId: string | null;
  /** The pod's UID as the kubelet has it; of a static pod the hash of its manifest. */
  readonly podUid: string | null;
}

export const nobodysCgroup: CgroupOwner = { containerId: null, podUid: null };

/** `kubepods-burstable-podUID.slice` of the systemd driver, in which dashes mean folders; `podUID` of the cgroupfs driver. */
const podElement =
  /(?:^|-)pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?=$|:)/;
/**
 * `cri-containerd-ID.scope`, `crio-ID.scope`, `docker-ID.scope`, `libpod-ID.scope`, the same without `.scope`, `ID`, and what containerd
 * makes of a systemd path that it takes for a folder: `kubepods-podUID.slice:cri-containerd:ID`.
 */
const containerElement = /(?:^|:|(?:^|:)([a-z][a-z-]*)-)([0-9a-f]{64})(?:\.scope)?$/;
/** Of containers' monitors, which stand beside them. */
const monitor = /(?:^|-)conmon$/;

/** Reads a path of one hierarchy, `/kubepods.slice/…`, be it as seen from a cgroup namespace: `/../../kubepods.slice/…`. */
export function ownerOfCgroup(path: string): CgroupOwner {
  let { containerId, podUid } = nobodysCgroup;
  for (const element of path.split('/')) {
    const pod = podElement.exec(element)?.[1];
    // A node may be a container itself (kind): what is further inside is nearer to the process.
    if (pod !== undefined) [podUid, containerId] = [pod.replaceAll('_', '-'), null];
    const [, prefix = '', id] = containerElement.exec(element) ?? [];
    if (id !== undefined && !monitor.test(prefix)) containerId = id;
  }
  return { containerId, podUid };
}

export interface ProcessCgroup extends CgroupOwner {
  /** The path that tells most: of several hierarchies (cgroup v1) the one that names a container, else v2's or systemd's. */
  readonly path: string | null;
}

/** Reads /proc/PID/cgroup: `0::PATH` of cgroup v2, `N:CONTROLLERS:PATH` of v1. */
export function parseProcessCgroup(text: string): ProcessCgroup {
  const lines = text.split('\n').flatMap((line) => {
    const [, controllers, path] = /^[0-9]+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    return [{ controllers, path, ...ownerOfCgroup(path) }];
  });
  const rank = ({ controllers, path, containerId, podUid }: (typeof lines)[number]) =>
    (containerId === null ? 0 : 8) +
    (podUid === null ? 0 : 4) +
    (path === '/' ? 0 : 2) +
    (controllers === '' || controllers === 'name=systemd' ? 1 : 0);
  const best = lines.sort((a, b) => rank(b) - rank(a))[0];
  if (best === undefined) return { path: null, ...nobodysCgroup };
  const { path, containerId, podUid } = best;
  return { path, containerId, podUid };
}
