// What strace sees of a program's sockets.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const mostTraced = 20_000;

/** Runs a program under strace, and reads its trace line by line until `enough` says so. */
export async function trace(
  words: readonly string[],
  calls: string,
  enough: (line: string) => boolean,
): Promise<void> {
  const options = ['-f', '-ttt', '--seccomp-bpf', '-s', '16', '-e', `trace=${calls}`];
  // The trace is strace's own stderr, with which the program's must not mix.
  const quiet = ['sh', '-c', 'exec "$0" "$@" > /dev/null 2>&1'];
  const child = spawn('strace', [...options, '--', ...quiet, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, which is ended at once: what strace leaves half traced must not go on.
    detached: true,
  });
  const { pid } = child;
  assert.ok(pid !== undefined);
  const ended = once(child, 'exit');
  try {
    let left = mostTraced;
    for await (const line of createInterface({ input: child.stderr })) {
      if (enough(line)) return;
      assert.ok(
        (left -= 1) > 0,
        `what was looked for is not among ${mostTraced} calls, the last being ${line}`,
      );
    }
    assert.fail(`${words.join(' ')} ended under strace`);
  } finally {
    process.kill(-pid, 'SIGKILL');
    await ended;
  }
}

/** Collects how the sockets were made that connect or listen, and the options set on them and on what they accept, each once. */
export function collectOptions(): { readonly see: (line: string) => void; readonly found: Set<string> } {
  const madeAs = new Map<string, string>();
  const found = new Set<string>();
  return {
    found,
    see(line) {
      const [, kind, made] = /socket\((AF_\w+, SOCK_STREAM.*), IPPROTO_.*\) += ([0-9]+)/.exec(line) ?? [];
      if (kind !== undefined && made !== undefined) madeAs.set(made, kind);
      const [, used] = /(?:connect|listen)\(([0-9]+), /.exec(line) ?? [];
      // Go makes two more at its start, to see which families there are.
      if (used !== undefined) found.add(madeAs.get(used) ?? 'no TCP socket');
      // A call during which another thread's was traced is on two lines, of which either has what is looked for.
      const [, option] =
        /setsockopt\([0-9]+, ((?:SOL_TCP, TCP_|SOL_SOCKET, SO_KEEP)[^)<]*[0-9])/.exec(line) ?? [];
      const [, backlog] = /listen\([0-9]+, ([0-9]+)/.exec(line) ?? [];
      const [, flags] = /accept4.*, (SOCK_[A-Z_|]+)\) += [0-9]/.exec(line) ?? [];
      if (option !== undefined) found.add(option);
      if (backlog !== undefined) found.add(`backlog ${backlog}`);
      if (flags !== undefined) found.add(`accepted ${flags}`);
    },
  };
}
