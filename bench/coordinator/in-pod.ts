// Runs a command as in a pod, as far as the service account goes: its files lie where the kubelet puts them, in a mount namespace of
// the command's own. As root, or as an ordinary user where those may make namespaces.
import { mkdtempSync, rmSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceAccountFolder } from '../../src/kubernetes/service-account.ts';

const script = [
  'mount -t tmpfs none "$(readlink -f /var/run)"',
  `mkdir -p ${serviceAccountFolder}`,
  `cp "$0/token" "$0/ca.crt" ${serviceAccountFolder}`,
  'exec "$@"',
].join(' && ');

export interface Pod {
  /** The command with its words, to be run as in the pod. */
  inside(words: readonly string[]): string[];
  readonly environment: Readonly<Record<string, string>>;
  remove(): void;
}

/** @param ca A file. */
export function makePod(token: string, ca: string, apiPort: number): Pod {
  const folder = mkdtempSync(join(tmpdir(), 'netdebug-pod-'));
  writeFileSync(join(folder, 'token'), token);
  copyFileSync(ca, join(folder, 'ca.crt'));
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return {
    inside: (words) => ['unshare', ...user, '--mount', 'sh', '-c', script, folder, ...words],
    environment: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(apiPort) },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
