// A witness that is one outside tool which listens to the kernel's messages and prints a line for each.
import type { LineEvent } from '../model/node-event.ts';
import { Problem } from '../model/problem.ts';
import { netlinkSocketsOf, socketInodesOf, type NetlinkSocket } from '../system/netlink-sockets.ts';
import { endingWithUs } from '../system/ending-with-us.ts';
import { startProgram, type Program } from '../system/process.ts';
import { splitLines } from '../system/split-lines.ts';
import { keepRunning } from './keep-running.ts';
import type { Witness } from './witness.ts';

export interface NetlinkTool extends Pick<Witness, 'name' | 'share'> {
  /** What it listens to, in words. */
  readonly scope: string;
  readonly argv: (netns: string | null) => readonly string[];
  /** What the kernel needs to be told first; resolves with how to take it back. */
  readonly prepare?: (netns: string | null) => Promise<() => void>;
  readonly parse: (line: string) => LineEvent | undefined;
}

const lossCheckMs = 1_000;

/** Messages that the kernel could not deliver are counted. */
export function netlinkToolWitness(tool: NetlinkTool): Witness {
  return {
    name: tool.name,
    extension: 'log',
    share: tool.share,
    async start(context) {
      const raw = context.openRaw();
      const takeBack = await tool.prepare?.(context.netns);
      const argv = tool.argv(context.netns);
      let lines = 0;
      const onLine = (text: string) => {
        lines += 1;
        raw.write(`${text}\n`);
        const said = tool.parse(text);
        if (said !== undefined) context.emit(said, text);
      };
      // Of tools that have ended, and of the one that runs.
      let lostBefore = 0;
      let lostNow = 0;
      const kept = await keepRunning(context, {
        name: 'it',
        start: async () => ({ program: await startListening(argv, onLine) }),
        ended({ program }) {
          lostBefore += lostNow;
          lostNow = 0;
          return `"${argv.join(' ')}" ended: ${program.lastWords() || 'it said nothing'}`;
        },
      });
      const checkLoss = async () => {
        const drops = (await listeningSocket(kept.current().program.pid))?.drops ?? lostNow;
        if (drops > lostNow) {
          lostNow = drops;
          context.limited(`the kernel could not deliver ${drops} messages in all`, lostBefore + drops);
        }
      };
      const timer = setInterval(() => void checkLoss(), lossCheckMs);
      return {
        scope: tool.scope,
        async stop() {
          clearInterval(timer);
          const socket = await drained(kept.current().program);
          if (socket !== undefined) lostNow = socket.drops;
          await kept.stop();
          takeBack?.();
          return { lost: socket === undefined ? null : lostBefore + lostNow, text: `${lines} lines` };
        },
      };
    },
  };
}

/** Resolves when the program listens. */
async function startListening(argv: readonly string[], onLine: (line: string) => void): Promise<Program> {
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
  while ((await listeningSocket(program.pid)) === undefined) {
    if (performance.now() > deadline) {
      throw new Problem('fault', `"${program.argv.join(' ')}" did not begin to listen`);
    }
    await shortPause();
  }
}

/** Waits, for a second at most, until the kernel holds nothing more for the program. */
async function drained(program: Program): Promise<NetlinkSocket | undefined> {
  let socket = await listeningSocket(program.pid);
  const deadline = performance.now() + 1_000;
  while (socket !== undefined && socket.queued > 0 && performance.now() < deadline) {
    await shortPause();
    socket = await listeningSocket(program.pid);
  }
  return socket;
}

async function listeningSocket(pid: number): Promise<NetlinkSocket | undefined> {
  const inodes = await socketInodesOf(pid);
  const sockets = await netlinkSocketsOf(pid);
  return sockets.find((socket) => socket.groups !== 0 && inodes.has(socket.inode));
}

const shortPause = () => new Promise((resolve) => setTimeout(resolve, 5));
