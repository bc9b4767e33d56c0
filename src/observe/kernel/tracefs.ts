// Where the kernel's tracing is reached: where it is mounted already, else in a mount namespace that nobody else sees.
import { statSync } from 'node:fs';
import { Problem } from '../../model/problem.ts';
import { endingWithUs } from '../../system/ending-with-us.ts';
import { startProgram } from '../../system/process.ts';

export interface Tracefs {
  /** The folder that holds `instances`. */
  readonly root: string;
  release(): Promise<void>;
}

/** The kernel keeps this folder for it; the second place is that of kernels before 4.1. */
const mountPoint = '/sys/kernel/tracing';
const places: readonly string[] = [mountPoint, '/sys/kernel/debug/tracing'];

/** Throws a `missing` Problem that says in a sentence what it takes. */
export async function openTracefs(): Promise<Tracefs> {
  for (const root of places) {
    const state = lookAt(`${root}/instances`);
    if (state === 'there') return { root, release: () => Promise.resolve() };
    if (state === 'refused')
      throw new Problem('missing', `the kernel's tracing (${root}) belongs to root: it takes uid 0`);
  }
  if (lookAt(mountPoint) === 'absent')
    throw new Problem('missing', `there is no ${mountPoint}: it takes a kernel with tracing, and its /sys`);
  return await mountPrivately();
}

/** What it was told last is its reason. */
export function refusedToMount(said: string): Problem {
  // Where mount then refers one to, it has said nothing more.
  const reason =
    said
      .replace(/\s+/g, ' ')
      .replace(/ ?dmesg\(1\).*$/, '')
      .trim() || 'without a word';
  return new Problem(
    'missing',
    `tracefs is not mounted, and mounting it for us alone is refused (${reason}): it takes CAP_SYS_ADMIN outside a user namespace, or ` +
      `${mountPoint} mounted and writable`,
  );
}

function lookAt(path: string): 'there' | 'absent' | 'refused' {
  try {
    statSync(path);
    return 'there';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? 'refused' : 'absent';
  }
}

/** A process that does nothing keeps the mount; what it has mounted is reached by its folder in /proc, and goes when it ends. */
async function mountPrivately(): Promise<Tracefs> {
  const script = `mount -t tracefs nodev ${mountPoint} && echo mounted && exec sleep 2147483647`;
  const argv = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script];
  const mounted = Promise.withResolvers<undefined>();
  const program = startProgram(endingWithUs(argv), { onStdout: () => mounted.resolve(undefined) });
  const ended = program.exited.then(() => {
    throw refusedToMount(program.lastWords());
  });
  ended.catch(() => undefined);
  await Promise.race([mounted.promise, ended]);
  const root = `/proc/${program.pid}/root${mountPoint}`;
  const release = async () => {
    await program.stop('SIGKILL');
  };
  if (lookAt(`${root}/instances`) === 'there') return { root, release };
  await release();
  throw refusedToMount('what another process has mounted cannot be looked into');
}
