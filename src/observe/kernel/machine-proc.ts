// The /proc whose numbers are the kernel's: in a pid namespace of its own (a lab, `unshare --pid --mount-proc`) it may still lie below ours.
import { closeSync, constants, openSync, readFileSync, readlinkSync } from 'node:fs';
import { endingWithUs } from '../../system/ending-with-us.ts';
import { startProgram } from '../../system/process.ts';

export interface MachineProc {
  /** `/proc`, or a folder like it. */
  readonly folder: string;
  /** What a process is called in our own /proc; null for one that is not there. */
  ownNumberOf(pid: number): number | null;
  release(): void;
}

/** `pidByKernel`: what the kernel calls this process. Null where no /proc with such numbers can be reached, as in a container without hostPID. */
export async function openMachineProc(pidByKernel: number | null): Promise<MachineProc | null> {
  if (pidByKernel === null) return null;
  if (ourProcNumber() === pidByKernel)
    return { folder: '/proc', ownNumberOf: (pid) => pid, release: () => undefined };
  const descriptor = await openBelow(pidByKernel, ourProcNumber());
  if (descriptor === undefined) return null;
  const folder = `/proc/self/fd/${descriptor}`;
  const ourDepth = numbersIn(`${folder}/${pidByKernel}`).length - 1;
  return {
    folder,
    ownNumberOf(pid) {
      const proc = `${folder}/${pid}`;
      const numbers = numbersIn(proc);
      const own = numbers[ourDepth];
      if (own === undefined) return null;
      // Another namespace, as deep as ours, has the same numbers; in a deeper one the last of them is that of its own.
      const ours = `/proc/${own}`;
      const isSame =
        pidNamespaceOf(ours) === pidNamespaceOf(proc) && numbersIn(ours).at(-1) === numbers.at(-1);
      return isSame ? own : null;
    },
    release: () => closeSync(descriptor),
  };
}

/** What mounting one /proc over another covers is uncovered for a process of its own; an open folder outlives it. */
async function openBelow(pidByKernel: number, ourNumber: number): Promise<number | undefined> {
  const isIt = `grep -qsE '^NSpid:[[:space:]]+${pidByKernel}[[:space:]](.*[[:space:]])?${ourNumber}$' /proc/${pidByKernel}/status`;
  const script = `for layer in 1 2 3 4; do umount -l /proc || exit 1; ${isIt} && echo found && exec sleep 2147483647; done`;
  const argv = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script];
  const found = Promise.withResolvers<boolean>();
  try {
    const program = startProgram(endingWithUs(argv), { onStdout: () => found.resolve(true) });
    const ended = program.exited.then(
      () => false,
      () => false,
    );
    const isThere = await Promise.race([found.promise, ended]);
    const flags = constants.O_RDONLY | constants.O_DIRECTORY;
    const descriptor = isThere ? openSync(`/proc/${program.pid}/root/proc`, flags) : undefined;
    await program.stop('SIGKILL');
    return descriptor;
  } catch {
    // Without unshare, or without the right to look into what it has uncovered.
    return undefined;
  }
}

const ourProcNumber = (): number => Number(readlinkSync('/proc/self'));

/** What a process is called in the namespace of this /proc, and in each that it lives in below that; none when it is gone. */
function numbersIn(proc: string): number[] {
  try {
    const [, numbers = ''] = /^NSpid:\s+(.*)$/m.exec(readFileSync(`${proc}/status`, 'latin1')) ?? [];
    return numbers.split(/\s+/).map(Number);
  } catch {
    return [];
  }
}

function pidNamespaceOf(proc: string): string | null {
  try {
    return readlinkSync(`${proc}/ns/pid`);
  } catch {
    return null;
  }
}
