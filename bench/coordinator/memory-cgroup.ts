// A memory cgroup for one process: what Kubernetes counts of a container, and holds against its limit.
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

export interface MemoryCgroup {
  /** The words that start a program inside. */
  inside(words: readonly string[]): string[];
  /** The working set, MiB: all that is charged but file pages that nobody has used for long. */
  workingSet(): number;
  /** When its processes have ended. */
  remove(): void;
}

/** Null where none may be made: without root, or without a memory controller. */
export function makeMemoryCgroup(): MemoryCgroup | null {
  const v1 = '/sys/fs/cgroup/memory';
  const root = existsSync(v1) ? v1 : '/sys/fs/cgroup';
  const folder = join(root, `netdebug-bench-${process.pid}`);
  const usage = join(folder, root === v1 ? 'memory.usage_in_bytes' : 'memory.current');
  try {
    mkdirSync(folder);
  } catch {
    return null;
  }
  const remove = () => rmdirSync(folder);
  if (!existsSync(usage)) {
    remove();
    return null;
  }
  return {
    inside: (words) => ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', folder, ...words],
    workingSet() {
      const stat = readFileSync(join(folder, 'memory.stat'), 'utf8');
      const idle = Number(/^(?:total_)?inactive_file ([0-9]+)$/m.exec(stat)?.[1] ?? 0);
      return (Number(readFileSync(usage, 'utf8')) - idle) / 2 ** 20;
    },
    remove,
  };
}
