// A process that does nothing in a network namespace, so that the files in /proc of that namespace can be read.
import { existsSync, readlinkSync, statSync } from 'node:fs';
import { Problem } from '../model/problem.ts';
import { endingWithUs } from '../system/ending-with-us.ts';
import { startProgram } from '../system/process.ts';
import { inNetns } from '../system/tools/ip-netns.ts';

export interface NamespaceAnchor {
  /** Its folder in /proc. */
  readonly proc: string;
  stop(): Promise<void>;
}

/** For our own namespace (null) we are that process ourselves. */
export async function anchorIn(netns: string | null): Promise<NamespaceAnchor> {
  if (netns === null) return { proc: '/proc/self', stop: () => Promise.resolve() };
  const program = startProgram(endingWithUs(inNetns(netns, ['sleep', '2147483647'])));
  const proc = `/proc/${program.pid}`;
  const deadline = performance.now() + 5_000;
  while (!isInside(proc, netns)) {
    if (performance.now() > deadline || !existsSync(proc)) {
      await program.stop('SIGKILL');
      throw new Problem('fault', `the network namespace ${netns} cannot be entered: ${program.lastWords()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return {
    proc,
    async stop() {
      await program.stop('SIGKILL');
    },
  };
}

function isInside(proc: string, netns: string): boolean {
  try {
    return readlinkSync(`${proc}/ns/net`) === `net:[${statSync(`/run/netns/${netns}`).ino}]`;
  } catch {
    return false;
  }
}
