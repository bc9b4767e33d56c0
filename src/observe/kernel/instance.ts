// A tracing instance of our own: its life, and how those of watchers that were killed are known and removed.
import { closeSync, constants, openSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { messageOf, Problem } from '../../model/problem.ts';

export interface TraceInstance {
  readonly path: string;
  /** Of trace_pipe, which never blocks. Its being open is what keeps other watchers from removing the instance. */
  readonly pipe: number;
  /** Closes and removes it, once; may be called while the process exits. */
  remove(): void;
}

/** Ours are called `netdebug-PID-NUMBER`; what somebody has called otherwise is not ours. */
export const instancePrefix = 'netdebug-';
const ours = /^netdebug-\d+-[0-9a-f]{8}$/;
const attempts = 10;

/** Opens the trace_pipe of the instance at `path`; a test comes between. */
type Open = (path: string) => number;

const openTracePipe: Open = (path) =>
  openSync(`${path}/trace_pipe`, constants.O_RDONLY | constants.O_NONBLOCK);

/**
 * Makes one below `root`, after removing what killed watchers have left there. Throws a `missing` Problem that says what it takes
 * where that is refused.
 */
export async function createInstance(root: string, open: Open = openTracePipe): Promise<TraceInstance> {
  const instances = `${root}/instances`;
  await removeAbandoned(instances);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const path = `${instances}/${instancePrefix}${process.pid}-${randomBytes(4).toString('hex')}`;
    try {
      await mkdir(path);
    } catch (error) {
      throw refusal(error);
    }
    const pipe = openUnlessGone(path, open);
    if (pipe !== undefined) return holding(path, pipe);
  }
  throw new Problem('fault', `others removed our tracing instance ${attempts} times`);
}

/**
 * An instance that is in use cannot be removed, and one whose watcher was killed can: the kernel closed what it had open. Returns
 * the names of those that are gone now.
 */
export async function removeAbandoned(instances: string): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of namesIn(instances)) {
    try {
      await rmdir(`${instances}/${name}`);
      removed.push(name);
    } catch {
      // EBUSY: its watcher lives. ENOENT: another one was quicker.
    }
  }
  return removed;
}

function namesIn(instances: string): string[] {
  try {
    return readdirSync(instances).filter((name) => ours.test(name));
  } catch (error) {
    throw refusal(error);
  }
}

/** Undefined when another watcher took it for abandoned before it was open. */
function openUnlessGone(path: string, open: Open): number | undefined {
  try {
    return open(path);
  } catch (error) {
    // While it is being removed the kernel says ENODEV, and may say otherwise: whether it is still there is what tells.
    if (isGone(path)) return undefined;
    throw refusal(error);
  }
}

/** Removes it, and tells whether another one had done so. */
function isGone(path: string): boolean {
  try {
    rmdirSync(path);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function holding(path: string, pipe: number): TraceInstance {
  let removed = false;
  const remove = () => {
    if (removed) return;
    removed = true;
    process.removeListener('exit', remove);
    try {
      writeFileSync(`${path}/tracing_on`, '0');
      closeSync(pipe);
      rmdirSync(path);
    } catch {
      // The next watcher removes it.
    }
  };
  process.on('exit', remove);
  return { path, pipe, remove };
}

export function refusal(error: unknown): Problem {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EROFS')
    return new Problem('missing', 'tracefs is mounted read-only: it takes a writable one');
  if (code === 'EACCES' || code === 'EPERM')
    return new Problem(
      'missing',
      `the kernel's tracing is refused (${code}): it takes uid 0, and a kernel that is not locked down for confidentiality`,
    );
  return new Problem('missing', `a tracing instance cannot be made: ${messageOf(error)}`);
}
