// File systems that only a test sees: small ones, that fill up, in namespaces that end with their first process.
import { run } from '../src/system/process.ts';

/** The words before a command that may mount. */
export const privateMounts: readonly string[] = [
  ...['unshare', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'])],
  ...['--mount', '--propagation', 'private'],
];

/** Why the kernel refuses them, for a visible skip; false when it permits them. */
export async function mountSkip(): Promise<string | false> {
  if (process.platform !== 'linux') return 'needs Linux';
  const { exitCode, stderr } = await run([...privateMounts, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return exitCode === 0 ? false : `no private mounts here: ${stderr.trim()}`;
}
