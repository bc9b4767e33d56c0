// What the kubelet gives a pod to reach the API with: its service account's token, and the CA that vouches for the API.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, Problem } from '../model/problem.ts';
import { ApiFailure } from './api-failure.ts';

export interface Credentials {
  readonly token: string;
  readonly ca: string;
}

export interface ServiceAccount {
  /** As the files are now: the kubelet replaces a token long before it expires. Rejects with an ApiFailure. */
  read(): Promise<Credentials>;
}

/** Where the kubelet puts it in every pod that wants it. */
export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Throws a `missing` Problem when the folder does not hold both files. */
export function openServiceAccount(folder: string): ServiceAccount {
  const files = ['token', 'ca.crt'].map((name) => join(folder, name)) as [token: string, ca: string];
  try {
    for (const file of files) readFileSync(file);
  } catch (error) {
    throw new Problem(
      'missing',
      `The pod's service account cannot be read (${messageOf(error)}); set automountServiceAccountToken: true, or give --api-server or --kubeconfig.`,
      { cause: error },
    );
  }
  return {
    async read() {
      try {
        const [token, ca] = await Promise.all([readFile(files[0], 'utf8'), readFile(files[1], 'utf8')]);
        return { token: token.trim(), ca };
      } catch (error) {
        throw new ApiFailure(0, `the service account cannot be read: ${messageOf(error)}`, { cause: error });
      }
    },
  };
}
