// Which machine was watched, since which start of it: two folders of evidence tell by this that they are of the same one.
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * The boot id and the network namespace. Null where another namespace than the machine's own is watched, whose number may be given
 * to another one when it is gone, and where the machine does not tell.
 * @param proc The folder in /proc of a process inside the namespace.
 */
export function machineIdentity(proc: string): string | null {
  try {
    const netns = readlinkSync(`${proc}/ns/net`);
    if (netns !== readlinkSync('/proc/1/ns/net')) return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${netns}`;
  } catch {
    return null;
  }
}
