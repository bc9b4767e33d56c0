// Two programs that do nothing but compute, for runs on a machine that has other work.
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';

/** No batch takes longer; a loop ends by itself then, or when we are gone. */
const atMostMs = 30 * 60_000;

const loop = `const parent = process.ppid;
const until = Date.now() + ${atMostMs};
while (process.ppid === parent && Date.now() < until) for (let i = 0; i < 1e7; i += 1);`;

/** Runs `work` beside them, at the usual priority (nice 0), and ends them whatever becomes of it. */
export async function besideBusyLoops<T>(
  count: number,
  work: (pids: readonly number[]) => Promise<T>,
): Promise<T> {
  const loops = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', loop], { stdio: 'ignore' }),
  );
  const ended = loops.map(
    (child) =>
      new Promise<void>((done, failed) => {
        child.once('error', failed);
        child.once('close', () => done());
      }),
  );
  const allEnded = Promise.all(ended);
  // Whoever waits below is told; nobody else must be.
  allEnded.catch(() => undefined);
  try {
    const pids = loops.flatMap(({ pid }) => pid ?? []);
    for (const pid of pids) setPriority(pid, 0);
    return await work(pids);
  } finally {
    for (const child of loops) child.kill('SIGKILL');
    await allEnded;
  }
}
