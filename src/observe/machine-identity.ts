// Which machine was watched, since which start of it: two folders of evidence tell by this that they are of the same one.
import { readFileSync, readlinkSync } from 'node:fs';
import { isWholeMachine } from './whole-machine.ts';

/**
 * The boot id and the network namespace. Null where another namespace than the machine's own is watched, whose number may be given
 * to another one when it is gone, and where the machine does not tell.
 * @param proc The folder in /proc of a process inside the namespace.
 */
export function machineIdentity(proc: string): string | null {
  if (!isWholeMachine(proc)) return null;
  try {
    const netns = readlinkSync(`${proc}/ns/net`);
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${netns}`;
  } catch {
    return null;
  }
}
