// Whether this user may make the private world that the lab runs in: really tried, and if not, which switch of the kernel says so.
import { readFile } from 'node:fs/promises';
import { ownNameAsRoot } from '../../system/own-program.ts';
import { run } from '../../system/process.ts';
import { sandboxArgv } from './sandbox.ts';

/** The kernel's switches for user namespaces, as their files in /proc/sys hold them; null for a kernel without the switch. */
export interface UserNamespaceSwitches {
  readonly 'user.max_user_namespaces': string | null;
  readonly 'kernel.unprivileged_userns_clone': string | null;
  readonly 'kernel.apparmor_restrict_unprivileged_userns': string | null;
}

/** Makes the lab's namespaces and mounts something in them, and lets them go again. Null when it works, else why not. */
export async function whyNoNamespaces(asRoot: boolean): Promise<string | null> {
  const { exitCode, stderr } = await run([...sandboxArgv(asRoot), 'mount', '-t', 'tmpfs', 'tmpfs', '/run']);
  if (exitCode === 0) return null;
  return explainRefusal(stderr, asRoot, await readSwitches());
}

/** Why the namespaces were refused, and what helps, as one sentence without its full stop. */
export function explainRefusal(stderr: string, asRoot: boolean, switches: UserNamespaceSwitches): string {
  const said = stderr.trim().split('\n')[0] ?? '';
  if (/unrecognized option|invalid option/.test(said)) {
    return `unshare is too old for the lab or not util-linux's (${said}); install util-linux 2.36 or newer`;
  }
  if (asRoot) {
    return `root may not make namespaces here (${said}), as in a container without CAP_SYS_ADMIN; start the container with --privileged`;
  }
  const off = [
    switches['user.max_user_namespaces'] === '0' && 'user.max_user_namespaces is 0',
    switches['kernel.unprivileged_userns_clone'] === '0' && 'kernel.unprivileged_userns_clone is 0',
    switches['kernel.apparmor_restrict_unprivileged_userns'] === '1' &&
      'kernel.apparmor_restrict_unprivileged_userns is 1',
  ].filter((reason) => reason !== false);
  const reason =
    off.length > 0 ? off.join(' and ') : `${said}; in a container, its seccomp profile may be why`;
  return `ordinary users may not make namespaces here (${reason}); run the lab as root: ${ownNameAsRoot()} lab run`;
}

async function readSwitches(): Promise<UserNamespaceSwitches> {
  const read = async (key: string) => {
    try {
      return (await readFile(`/proc/sys/${key.replace('.', '/')}`, 'utf8')).trim();
    } catch {
      return null;
    }
  };
  return {
    'user.max_user_namespaces': await read('user.max_user_namespaces'),
    'kernel.unprivileged_userns_clone': await read('kernel.unprivileged_userns_clone'),
    'kernel.apparmor_restrict_unprivileged_userns': await read(
      'kernel.apparmor_restrict_unprivileged_userns',
    ),
  };
}
