// What `ss` lists of connections in a private world: to wait for what a test needs there, and not for time.
import { runChecked } from '../../src/system/process.ts';

const patienceMs = 30_000;

/** Waits until a connection to this port, of a server in that network namespace, has bytes that nobody has read. */
export const untilUnread = (port: number, netns: string | null = null): Promise<void> =>
  untilListed(`bytes are unread by port ${port}`, netns, ['sport', '=', `:${port}`], (unread) =>
    unread.some((bytes) => bytes > 0),
  );

/** Waits until no connection of a client in that network namespace to this port is left. */
export const untilGone = (port: number, netns: string | null = null): Promise<void> =>
  untilListed(
    `nobody is connected to port ${port}`,
    netns,
    ['dport', '=', `:${port}`],
    ({ length }) => length === 0,
  );

/** @param fits Is given the unread bytes of each that is listed. Rejects, naming what was waited for, after half a minute. */
async function untilListed(
  what: string,
  netns: string | null,
  filter: readonly string[],
  fits: (unread: readonly number[]) => boolean,
): Promise<void> {
  const there = netns === null ? [] : ['ip', 'netns', 'exec', netns];
  for (const deadline = Date.now() + patienceMs; ;) {
    const { stdout } = await runChecked([...there, 'ss', '-tnH', ...filter]);
    const lines = stdout.split('\n').filter((line) => line !== '');
    if (fits(lines.map((line) => Number(line.split(/ +/)[1])))) return;
    if (Date.now() > deadline)
      throw new Error(`not within ${patienceMs / 1_000} s: ${what}; ss lists:\n${stdout}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
