// Where a machine's memory cgroups are, and how often the kernel killed processes in one: cgroup v2, or v1's memory controller.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

export interface MemoryHierarchy {
  readonly version: 'v1' | 'v2';
  /** By the text of /proc/PID/cgroup; undefined where that names none but the root, `outside` for one that cannot be seen from here. */
  readonly folderOf: (processCgroups: string) => MemoryCgroup | 'outside' | undefined;
}

export interface MemoryCgroup {
  /** As /proc names it. */
  readonly path: string;
  readonly folder: string;
}

/** `mountInfo`: of /proc/self/mountinfo. Undefined where no memory cgroups are mounted. */
export function findHierarchy(mountInfo: string): MemoryHierarchy | undefined {
  const mounts = mountInfo.split('\n').flatMap((line) => {
    const [own = '', more] = line.split(' - ');
    const [, , , root, point] = own.split(' ');
    const [type, , options = ''] = more?.split(' ') ?? [];
    return root === undefined || point === undefined ? [] : [{ root, point, type, options }];
  });
  const first = mounts.find(
    ({ type, options }) => type === 'cgroup' && options.split(',').includes('memory'),
  );
  if (first !== undefined) return hierarchy('v1', first, /^[0-9]+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m);
  const unified = mounts.find(({ type }) => type === 'cgroup2');
  return unified === undefined ? undefined : hierarchy('v2', unified, /^0::(\/.*)$/m);
}

function hierarchy(
  version: MemoryHierarchy['version'],
  { root, point }: { readonly root: string; readonly point: string },
  line: RegExp,
): MemoryHierarchy {
  return {
    version,
    folderOf(processCgroups) {
      const path = line.exec(processCgroups)?.[1];
      if (path === undefined || path === '/') return undefined;
      const below = relative(root, path);
      // A container sees paths of others as `/../…`, and may have a part of the whole mounted.
      if (path.startsWith('/..') || below === '' || below.startsWith('..')) return 'outside';
      return { path, folder: `${point}/${below}` };
    },
  };
}

/**
 * Processes killed since the cgroup was made; v2 counts those of cgroups below it, too. Undefined for a cgroup that is gone, and where
 * the kernel does not count them.
 */
export function killsIn(folder: string, version: MemoryHierarchy['version']): number | undefined {
  try {
    const text = readFileSync(
      `${folder}/${version === 'v2' ? 'memory.events' : 'memory.oom_control'}`,
      'latin1',
    );
    const count = /^oom_kill ([0-9]+)$/m.exec(text)?.[1];
    return count === undefined ? undefined : Number(count);
  } catch {
    return undefined;
  }
}
