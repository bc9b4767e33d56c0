// What runs in a process namespace of the test's own, beside the test: what somebody left behind, or has not ended yet.
import { readdirSync, readFileSync } from 'node:fs';

/** The command lines of all processes but this one and the `unshare` that made the world. */
export const programsInWorld = (): string[] =>
  readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return words === '' || words.startsWith('unshare ') ? [] : [words];
      } catch {
        return [];
      }
    });
