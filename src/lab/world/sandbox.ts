// The private world: new network, mount, PID, IPC and, for an ordinary user, user namespaces, gone when we are, however we end.
import { mkdir } from 'node:fs/promises';
import { Socket } from 'node:net';
import { ordersFd, runChecked, startWithOrders } from '../../system/process.ts';
import { endingWithUs } from '../../system/ending-with-us.ts';

export interface Sandbox {
  /** The exit code of the program inside; 70 when it was killed. */
  readonly exited: Promise<number>;
  /** Asks the program inside to tidy up and end. */
  stop(): void;
}

export interface SandboxOptions {
  /** Root needs no user namespace. */
  readonly asRoot: boolean;
  readonly stdout: 'inherit' | 'ignore';
}

/** The words that put a command into the private world. */
export function sandboxArgv(asRoot: boolean): string[] {
  // An ordinary user keeps their own id: tcpdump gives its rights away when it believes to be root, and cannot here.
  const user = asRoot ? [] : ['--user', '--map-current-user', '--keep-caps'];
  return ['unshare', ...user, '--net', '--mount', '--pid', '--ipc', '--fork', '--kill-child', '--mount-proc'];
}

/**
 * Runs `argv` inside a private world, on our own stdin and stderr, and stdout if wanted. The kernel kills all of it when this process dies:
 * setpriv has it kill unshare, unshare has it kill the first process inside, and with that its PID namespace ends.
 */
export function runInSandbox(argv: readonly string[], options: SandboxOptions): Sandbox {
  const words = endingWithUs([...sandboxArgv(options.asRoot), ...argv]);
  const program = startWithOrders(words, options.stdout);
  return { exited: program.exited, stop: () => program.order('stop') };
}

/**
 * Makes the inside ready: a /run of its own for `ip netns`, loopback up. `onStop` is called when the outer process asks to end;
 * when the outer process is gone this process exits at once, and the kernel removes the rest.
 */
export async function enterSandbox(onStop: () => void): Promise<void> {
  const control = new Socket({ fd: ordersFd, readable: true, writable: false });
  control.on('data', onStop);
  control.on('error', () => undefined);
  control.on('close', () => process.exit(130));
  control.unref();
  await runChecked(['mount', '-t', 'tmpfs', 'tmpfs', '/run']);
  await mkdir('/run/netns');
  await runChecked(['ip', 'link', 'set', 'lo', 'up']);
}
