// A witness that is one outside tool which listens to the kernel's messages and prints a line for each.
import type { LineEvent } from '../model/node-event.ts';
import { messageOf, Problem } from '../model/problem.ts';
import type { Program } from '../system/process.ts';
import { isRefusal } from '../system/refusal-words.ts';
import { keepRunning } from './keep-running.ts';
import { drained, followListening, startListening } from './netlink-listening.ts';
import { listPresent, type PresentEntries } from './present-entries.ts';
import type { Witness } from './witness.ts';

export interface NetlinkTool extends Pick<Witness, 'name' | 'share'> {
  /** What it listens to, in words. */
  readonly scope: string;
  readonly argv: (netns: string | null) => readonly string[];
  /** What the kernel needs to be told first; resolves with how to take it back. */
  readonly prepare?: (netns: string | null) => Promise<() => void>;
  readonly parse: (line: string) => LineEvent | undefined;
  /** What was there before it listened; absent where that is of no use. */
  readonly present?: PresentEntries;
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
      // By identity, while what was there before is listed.
      let news: Set<string> | undefined;
      const keep = (text: string) => {
        lines += 1;
        raw.write(`${text}\n`);
      };
      const tell = (said: LineEvent, text: string) => {
        keep(text);
        context.emit(said, text);
      };
      const onLine = (text: string) => {
        const said = tool.parse(text);
        if (said !== undefined && tool.present !== undefined) news?.add(tool.present.identity(said));
        if (said !== undefined) tell(said, text);
        else keep(text);
      };
      const start = async () => {
        const begun = new Set<string>();
        news = begun;
        const program = await startAllowed(argv, onLine);
        if (tool.present !== undefined)
          await listPresent(context, tool.present, (identity) => begun.has(identity), tell);
        news = undefined;
        return { program };
      };
      // Of tools that have ended, and of the one that runs.
      let lostBefore = 0;
      let lostNow = 0;
      const kept = await keepRunning(context, {
        name: 'it',
        start,
        ended({ program }) {
          lostBefore += lostNow;
          lostNow = 0;
          return `"${argv.join(' ')}" ended: ${program.lastWords() || 'it said nothing'}`;
        },
      });
      const socketOf = followListening();
      const checkLoss = () => {
        const drops = socketOf(kept.current().program.pid)?.drops ?? lostNow;
        if (drops > lostNow) {
          lostNow = drops;
          context.limited(`the kernel could not deliver ${drops} messages in all`, lostBefore + drops);
        }
      };
      const timer = setInterval(checkLoss, lossCheckMs);
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

async function startAllowed(argv: readonly string[], onLine: (line: string) => void): Promise<Program> {
  try {
    return await startListening(argv, onLine);
  } catch (error) {
    if (!isRefusal(messageOf(error))) throw error;
    throw new Problem('missing', `"${argv.join(' ')}" is refused: it takes CAP_NET_ADMIN`, { cause: error });
  }
}
