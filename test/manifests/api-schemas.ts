// The Kubernetes API's schemas, from kubernetes-models: its validators for values, its types for fields that do not exist.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DaemonSet, Deployment } from 'kubernetes-models/apps/v1';
import { Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import {
  ClusterRole,
  ClusterRoleBinding,
  Role,
  RoleBinding,
} from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import { PriorityClass } from 'kubernetes-models/scheduling.k8s.io/v1';
import { ConfigMap, Event, Namespace, Service, ServiceAccount } from 'kubernetes-models/v1';
import ts from 'typescript';
import type { KubeObject } from '../../src/cluster/experiment-objects.ts';

const root = dirname(dirname(import.meta.dirname));

type Model = new (data: never) => { validate(): void };
const models: Readonly<Record<string, { readonly model: Model; readonly from: string }>> = {
  Deployment: { model: Deployment, from: 'apps/v1' },
  DaemonSet: { model: DaemonSet, from: 'apps/v1' },
  NetworkPolicy: { model: NetworkPolicy, from: 'networking.k8s.io/v1' },
  PodDisruptionBudget: { model: PodDisruptionBudget, from: 'policy/v1' },
  PriorityClass: { model: PriorityClass, from: 'scheduling.k8s.io/v1' },
  Job: { model: Job, from: 'batch/v1' },
  Event: { model: Event, from: 'v1' },
  ConfigMap: { model: ConfigMap, from: 'v1' },
  Namespace: { model: Namespace, from: 'v1' },
  Service: { model: Service, from: 'v1' },
  ServiceAccount: { model: ServiceAccount, from: 'v1' },
  ClusterRole: { model: ClusterRole, from: 'rbac.authorization.k8s.io/v1' },
  ClusterRoleBinding: { model: ClusterRoleBinding, from: 'rbac.authorization.k8s.io/v1' },
  Role: { model: Role, from: 'rbac.authorization.k8s.io/v1' },
  RoleBinding: { model: RoleBinding, from: 'rbac.authorization.k8s.io/v1' },
};

/** What the schemas say against the values of an object; empty when nothing. A kind that we do not make is an error. */
export function schemaErrors(object: KubeObject): string {
  const known = models[object.kind];
  if (known === undefined) return `no schema for ${object.kind}`;
  try {
    new known.model(object as never).validate();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What the compiler says when each object is written down as a literal of its type: unknown fields are errors there. */
export async function typeErrors(objects: readonly KubeObject[]): Promise<string[]> {
  // Inside the checkout, so that the compiler finds the packages.
  const folder = await mkdtemp(join(root, 'node_modules', '.manifest-types-'));
  try {
    const lines = objects.map(({ kind, ...rest }, index) => {
      const from = models[kind]?.from ?? '';
      const type = `import('kubernetes-models/${from}').I${kind}`;
      return `export const object${index}: ${type} = ${JSON.stringify({ ...rest, kind })};`;
    });
    const file = join(folder, 'objects.ts');
    await writeFile(file, lines.join('\n'));
    const program = ts.createProgram([file], {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ESNext,
      types: [],
    });
    return ts
      .getPreEmitDiagnostics(program)
      .map((one) => ts.flattenDiagnosticMessageText(one.messageText, '\n'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
