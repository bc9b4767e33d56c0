// What `cluster watch` must be allowed, and the Role that an administrator would grant for it.
import type { Kubectl } from '../system/tools/kubectl.ts';
import { findRefusalsOf, type Permission, type Refusal } from './permissions.ts';

const inTarget: readonly Permission[] = [
  { verb: 'list', resource: 'pods', required: true, why: 'to find what is to be watched' },
];

const forObservers: readonly Permission[] = [
  { verb: 'create', resource: 'jobs.batch', required: true, why: 'to start an observer on a node' },
  { verb: 'patch', resource: 'jobs.batch', required: true, why: 'to apply it' },
  { verb: 'list', resource: 'jobs.batch', required: true, why: 'to see that it is gone' },
  { verb: 'delete', resource: 'jobs.batch', required: true, why: 'to remove it again' },
  { verb: 'list', resource: 'pods', required: true, why: 'to see that it runs' },
  {
    verb: 'create',
    resource: 'pods',
    subresource: 'exec',
    required: true,
    why: 'to hear what it sees',
  },
];

const everywhere: readonly Permission[] = [
  {
    ...{ verb: 'list', resource: 'pods', everywhere: true, required: false },
    why: 'to find the node of the other end, and its name',
  },
  { verb: 'list', resource: 'services', everywhere: true, required: false, why: 'for their names' },
  { verb: 'list', resource: 'nodes', everywhere: true, required: false, why: 'for their names' },
];

export interface WatchRights {
  readonly refused: readonly Refusal[];
  /** Something without which nothing can be watched is refused. */
  readonly isHopeless: boolean;
}

/** @param observerNamespace Where observers' pods go. Throws a `missing` Problem when the cluster does not answer. */
export async function findWatchRights(kubectl: Kubectl, observerNamespace: string): Promise<WatchRights> {
  const there = forObservers.map((one) => ({ ...one, namespace: observerNamespace }));
  const refused = await findRefusalsOf(kubectl, [...inTarget, ...there, ...everywhere]);
  return { refused, isHopeless: refused.some(({ required }) => required) };
}

/** What grants all of it, as YAML that `kubectl apply` takes. `WHO` is to be replaced. */
export function watchRole(namespace: string, observerNamespace: string): string {
  const read = namespace === observerNamespace ? [] : [roleIn(namespace, readPods)];
  return [roleIn(observerNamespace, observe), ...read, clusterRole].join('---\n');
}

const readPods = `- apiGroups: [""]
  resources: [pods, services]
  verbs: [get, list]
`;

const observe = `${readPods}- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, create, patch, delete]
- apiGroups: [""]
  resources: [pods/exec]
  verbs: [create]
- apiGroups: [""]
  resources: [events]
  verbs: [list]
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets, replicasets]
  verbs: [get]
`;

const roleIn = (namespace: string, rules: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: netdebug-watch
  namespace: ${namespace}
rules:
${rules}---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: netdebug-watch
  namespace: ${namespace}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: netdebug-watch
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: User
  name: WHO
`;

const clusterRole = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: netdebug-watch-names
rules:
- apiGroups: [""]
  resources: [pods, services, nodes, namespaces]
  verbs: [get, list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: netdebug-watch-names
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: netdebug-watch-names
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: User
  name: WHO
`;
