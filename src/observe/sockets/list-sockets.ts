// All connections and listeners of one network namespace, a line of ss each, handed on as they come: nobody holds them all.
import { Problem } from '../../model/problem.ts';
import { endingWithUs } from '../../system/ending-with-us.ts';
import { startProgram } from '../../system/process.ts';
import { lastLine, splitLines } from '../../system/split-lines.ts';
import { inNetworkOf } from '../../system/tools/nsenter.ts';
import { socketsArgv, whyNoSs } from '../../system/tools/ss.ts';

const withinMs = 30_000;

/**
 * `proc`: the folder in /proc of a process in the namespace; `/proc/self` for our own. A line is a part of a larger string, which whoever
 * keeps it keeps as well. Rejects with a Problem that says why in few words.
 */
export async function listSockets(proc: string, onLine: (line: string) => void): Promise<void> {
  const program = startProgram(endingWithUs(inNetworkOf(proc, socketsArgv)), {
    onStdout: splitLines(onLine),
  });
  const timer = setTimeout(() => program.signal('SIGKILL'), withinMs);
  try {
    const { exitCode, signal } = await program.exited;
    if (exitCode === 0) return;
    const said = program.lastWords();
    const how = signal === null ? 'ss failed' : `ss was ended by ${signal}`;
    throw new Problem('fault', whyNoSs(said) ?? (lastLine(said) || how));
  } finally {
    clearTimeout(timer);
  }
}
