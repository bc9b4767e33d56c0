// What the manifests give each program: its memory limit, and the environment that is made for keeping within it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const manifests = join(import.meta.dirname, '../../manifests');

export interface Allowance {
  readonly limitBytes: number;
  readonly environment: Readonly<Record<string, string>>;
}

interface Container {
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

interface Workload {
  readonly spec?: { readonly template?: { readonly spec: { readonly containers: readonly Container[] } } };
}

/** @param file Below manifests/: the one workload in it has one container. */
export function allowanceIn(file: string): Allowance {
  const objects = parseAllDocuments(readFileSync(join(manifests, file), 'utf8')).map(
    (document) => document.toJS() as Workload,
  );
  const container = objects.flatMap(({ spec }) => spec?.template?.spec.containers ?? [])[0];
  if (container === undefined) throw new Error(`${file} has no container`);
  const forNode = (container.env ?? []).filter(({ name }) => /^(NODE_OPTIONS|MALLOC_)/.test(name));
  return {
    limitBytes: bytesOf(container.resources.limits.memory),
    environment: Object.fromEntries(forNode.map(({ name, value = '' }) => [name, value])),
  };
}

function bytesOf(quantity: string): number {
  const [, count, unit = ''] = /^([0-9]+)(Ki|Mi|Gi)$/.exec(quantity) ?? [];
  if (count === undefined) throw new Error(`"${quantity}" is no quantity that is known here`);
  return Number(count) * 1_024 ** (['Ki', 'Mi', 'Gi'].indexOf(unit) + 1);
}
