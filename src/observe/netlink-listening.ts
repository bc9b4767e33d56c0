// A tool that listens to the kernel's netlink messages: when it begins, what it could not get, when it has them all.
import { Problem } from '../model/problem.ts';
import { endingWithUs } from '../system/ending-with-us.ts';
import { netlinkSocketsOf, socketInodesOf, type NetlinkSocket } from '../system/netlink-sockets.ts';
import { startProgram, type Program } from '../system/process.ts';
import { splitLines } from '../system/split-lines.ts';

/** Resolves when the program listens; rejects with a Problem when it ends first. */
export async function startListening(
  argv: readonly string[],
  onLine: (line: string) => void,
): Promise<Program> {
  const program = startProgram(endingWithUs(argv), { onStdout: splitLines(onLine) });
  const ended = program.exited.then(() => {
    throw new Problem('fault', program.lastWords() || `"${program.argv.join(' ')}" ended at once`);
  });
  ended.catch(() => undefined);
  try {
    await Promise.race([subscribed(program), ended]);
  } catch (error) {
    await program.stop('SIGKILL');
    throw error;
  }
  return program;
}

/** Waits until the program has a netlink socket that listens to a group. */
async function subscribed(program: Program): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (listeningSocket(program.pid) === undefined) {
    if (performance.now() > deadline) {
      throw new Problem('fault', `"${program.argv.join(' ')}" did not begin to listen`);
    }
    await shortPause();
  }
}

/** Waits, for a second at most, until the kernel holds nothing more for the program; undefined when it is gone. */
export async function drained(program: Program): Promise<NetlinkSocket | undefined> {
  let socket = listeningSocket(program.pid);
  const deadline = performance.now() + 1_000;
  while (socket !== undefined && socket.queued > 0 && performance.now() < deadline) {
    await shortPause();
    socket = listeningSocket(program.pid);
  }
  return socket;
}

/** With what the kernel could not deliver to it; undefined when the program is gone or does not listen. */
function listeningSocket(pid: number): NetlinkSocket | undefined {
  const inodes = socketInodesOf(pid);
  return netlinkSocketsOf(pid).find((socket) => socket.groups !== 0 && inodes.has(socket.inode));
}

/**
 * The same for who asks again and again: which socket it is stays so as long as there is that socket, and a look at all that a program
 * has open is not made anew.
 */
export function followListening(): (pid: number) => NetlinkSocket | undefined {
  let known: { readonly pid: number; readonly inode: string } | undefined;
  return (pid) => {
    const inode = known?.pid === pid ? known.inode : undefined;
    const socket =
      (inode === undefined ? undefined : netlinkSocketsOf(pid).find((one) => one.inode === inode)) ??
      listeningSocket(pid);
    known = socket === undefined ? undefined : { pid, inode: socket.inode };
    return socket;
  };
}

const shortPause = () => new Promise((resolve) => setTimeout(resolve, 5));
