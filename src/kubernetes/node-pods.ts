// The pods of one node, each reduced to its names, its UID and its workload.
import { workloadOf, type Workload } from './pod-workload.ts';
import type { Transport } from './transport.ts';
import { createWatched, usualWatchedLimits, type Watched, type WatchedLimits } from './watched-kind.ts';

export interface NodePod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly workload: Workload;
}

/** Asks nothing yet; its list and its watch are of NodePods. */
export function openNodePods(
  transport: Transport,
  node: string,
  limits: Partial<WatchedLimits> = {},
): Watched {
  return createWatched(
    transport,
    {
      ...{ name: 'pods', path: '/api/v1/pods', selection: { fieldSelector: `spec.nodeName=${node}` } },
      reduce: readPod,
    },
    { ...usualWatchedLimits, ...limits },
  );
}

/** Null for what has no name, no namespace or no UID. */
export function readPod(object: unknown): NodePod | null {
  const { name, namespace, uid, labels, ownerReferences } = fields(fields(object)['metadata']);
  if (text(name) === '' || text(namespace) === '' || text(uid) === '') return null;
  const owner = (Array.isArray(ownerReferences) ? ownerReferences : [])
    .map(fields)
    .find(({ controller }) => controller === true);
  const known =
    owner === undefined || text(owner['kind']) === '' || text(owner['name']) === ''
      ? null
      : { kind: text(owner['kind']), name: text(owner['name']) };
  return {
    ...{ namespace: text(namespace), name: text(name), uid: text(uid) },
    workload: workloadOf({ name: text(name), labels: fields(labels), owner: known }),
  };
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
