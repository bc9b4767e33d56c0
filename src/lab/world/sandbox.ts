// The private world: new network, mount, PID, IPC and, for an ordinary user, user namespaces, gone when we are, however we end.
import { mkdir } from 'node:fs/promises';
import { Socket } from 'node:net';
import { Problem } from '../../model/problem.ts';
import { answerOrders, ordersFd, runChecked, startWithOrders, type Exit } from '../../system/process.ts';
import { endingWithUs } from '../../system/ending-with-us.ts';
import { splitLines } from '../../system/split-lines.ts';
import { findTool } from '../../system/find-tool.ts';

export interface Sandbox {
  /**
   * The exit code that the program inside named when it was done. Rejects with a Problem that says how it ended when it ended
   * otherwise, or did not begin: what it printed stands on our stderr already.
   */
  readonly exited: Promise<number>;
  /** Asks the program inside to tidy up and end. */
  stop(): void;
  /** Tells the program inside who it is out here: it cannot see its own PID. */
  tell(pid: number): void;
}

export interface SandboxOptions {
  /** Root needs no user namespace. */
  readonly asRoot: boolean;
  readonly stdout: 'inherit' | 'ignore';
  /** How long the program inside may take to begin; a minute where it is not given. */
  readonly patienceMs?: number;
}

/** What the program inside answers: that it has begun, and at its very end its exit code. */
const begun = 'begun';
const done = /^done ([0-9]+)$/;

/** The words that put a command into the private world. */
export function sandboxArgv(asRoot: boolean): [string, ...string[]] {
  // An ordinary user keeps their own id: tcpdump gives its rights away when it believes to be root, and cannot here.
  const user = asRoot ? [] : ['--user', '--map-current-user', '--keep-caps'];
  return ['unshare', ...user, '--net', '--mount', '--pid', '--ipc', '--fork', '--kill-child', '--mount-proc'];
}

/**
 * Runs `argv` inside a private world, on our own stdin and stderr, and stdout if wanted. The kernel kills all of it when this process dies:
 * setpriv has it kill unshare, unshare has it kill the first process inside, and with that its PID namespace ends.
 * Throws a `missing` Problem without unshare.
 */
export function runInSandbox(argv: readonly string[], options: SandboxOptions): Sandbox {
  const [unshare, ...flags] = sandboxArgv(options.asRoot);
  const file = findTool(unshare);
  if (file === undefined) throw new Problem('missing', 'unshare is not installed; install util-linux.');
  const said: { begun: boolean; code?: number } = { begun: false };
  const program = startWithOrders(endingWithUs([file, ...flags, ...argv]), options.stdout, (answer) => {
    if (answer === begun) said.begun = true;
    const code = done.exec(answer)?.[1];
    if (code !== undefined) said.code = Number(code);
    clearTimeout(patience);
  });
  const patienceMs = options.patienceMs ?? 60_000;
  let late = false;
  const patience = setTimeout(() => {
    late = true;
    program.signal('SIGKILL');
  }, patienceMs);
  const exited = program.exited
    .then((exit) => {
      if (said.code !== undefined) return said.code;
      if (late) throw new Problem('fault', `the lab's inner process did not begin within ${patienceMs} ms.`);
      throw endedUntold(exit, said.begun, argv[0] ?? '');
    })
    .finally(() => clearTimeout(patience));
  return { exited, stop: () => program.order('stop'), tell: (pid) => program.order(`pid ${pid}`) };
}

/**
 * Why there is no exit code that we may believe: unshare, Node.js and we ourselves use the same numbers for different things, and
 * some versions of unshare (2.38) end with 1 when the process in the world was killed.
 */
function endedUntold(exit: Exit, hadBegun: boolean, file: string): Problem {
  // As env, setpriv and unshare all say it: 127 when there is no such file, 126 when it cannot be executed.
  if (!hadBegun && (exit.exitCode === 126 || exit.exitCode === 127))
    return new Problem(
      'missing',
      `the lab's inner process could not be started, as said above; see whether ${file} is there and runs.`,
    );
  const how = exit.signal === null ? `exit code ${String(exit.exitCode)}` : `signal ${exit.signal}`;
  return new Problem(
    'fault',
    `the lab's inner process was killed, or broke off, before it ${hadBegun ? 'was done' : 'began'} (unshare: ${how}); ` +
      'what was said is above, and dmesg tells whether memory ran out.',
  );
}

/**
 * Makes the inside ready: a /run of its own for `ip netns`, loopback up. `onStop` is called when the outer process asks to end,
 * `onPid` when it says which PID ours is out there; when the outer process is gone this process exits at once, and the kernel removes the rest.
 */
export async function enterSandbox(onStop: () => void, onPid: (pid: number) => void): Promise<void> {
  const control = new Socket({ fd: ordersFd, readable: true, writable: false });
  const obey = (order: string) => {
    const pid = /^pid ([0-9]+)$/.exec(order)?.[1];
    if (pid === undefined) onStop();
    else onPid(Number(pid));
  };
  control.on('data', splitLines(obey));
  control.on('error', () => undefined);
  control.on('close', () => process.exit(130));
  control.unref();
  await runChecked(['mount', '-t', 'tmpfs', 'tmpfs', '/run']);
  await mkdir('/run/netns');
  await runChecked(['ip', 'link', 'set', 'lo', 'up']);
  answerOrders(begun);
}

/** The last act of the program inside: names its exit code and exits, and the kernel ends what still runs in the world. */
export function leaveSandbox(exitCode: number): never {
  answerOrders(`done ${exitCode}`);
  process.exit(exitCode);
}
