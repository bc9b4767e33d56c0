// Creates a run's objects by server-side apply, which may be repeated when the answer to the first try was lost.
import { writeFile } from 'node:fs/promises';
import type { Kubectl } from '../system/tools/kubectl.ts';
import type { KubeObject } from './experiment-objects.ts';
import { jsonDocument } from '../model/json-document.ts';

/**
 * Applies the objects, keeps them in `file` for the record, and resolves with them as the cluster has them: one object, or a List.
 * Throws a `missing` Problem with the cluster's reason when it refuses.
 * @param namespace Another one than kubectl's; the objects must name it, or lie in none.
 * The server checks the objects itself; kubectl's own check would download the whole API's description first.
 */
export async function applyObjects(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  file: string,
  namespace?: string,
): Promise<unknown> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await writeFile(file, jsonDocument(list));
  const where = namespace === undefined ? [] : [`--namespace=${namespace}`];
  return await kubectl.json(
    ['apply', '--server-side', '--field-manager=netdebug', '--validate=false', ...where, '-f', file],
    {
      timeoutMs: 30_000,
    },
  );
}
