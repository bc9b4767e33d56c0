// Has the kernel note when each conntrack entry begins and ends; off by default.
import { readFileSync, writeFileSync } from 'node:fs';
import { setSysctls } from './tools/sysctl.ts';

const key = 'net.netfilter.nf_conntrack_timestamp';
const file = `/proc/sys/${key.replaceAll('.', '/')}`;

/**
 * Switches the time stamps on in a namespace (null: our own) where that is permitted. Resolves with how to undo it: a function that
 * does nothing when they were on, could not be switched on, or the namespace is one of the lab's and goes anyway.
 */
export async function enableConntrackTimestamps(netns: string | null): Promise<() => void> {
  const nothing = () => undefined;
  if (netns !== null) {
    await setSysctls(netns, [{ key, value: '1' }]).catch(nothing);
    return nothing;
  }
  try {
    if (readFileSync(file, 'utf8').trim() !== '0') return nothing;
    writeFileSync(file, '1');
    return () => {
      try {
        writeFileSync(file, '0');
      } catch {
        // Who let us write it before no longer does; eight bytes an entry remain.
      }
    };
  } catch {
    return nothing;
  }
}
