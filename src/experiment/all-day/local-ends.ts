// Which ends of a lost connection are on this node, and what workloads they are of.
import type { NodePod } from '../../kubernetes/node-pods.ts';
import type { WatchEnd, WatchLoss } from '../../model/watch-record.ts';
import type { PodsHere } from './pods-here.ts';

export interface LocalEnd {
  readonly end: 'client' | 'server' | 'neither';
  /** Null where it is no pod's, or the API has not told of it. */
  readonly pod: NodePod | null;
  /** `none` of what is in no pod; no label is empty, since Prometheus would put the scraped pod's own there. */
  readonly namespace: string;
  /** Of what is no pod's but the node's: the program, of type `node`. */
  readonly workload: { readonly type: string; readonly name: string };
}

const unknown = { type: 'unknown', name: 'unknown' };
const none = { type: 'none', name: 'none' };
const neither: LocalEnd = { end: 'neither', pod: null, namespace: 'none', workload: none };

/**
 * One or two; where none is known to be here, one that says so. Each node's watch tells of its own ends, so that a connection between two
 * nodes is not told of twice by the same end.
 */
export function localEnds(ends: WatchLoss['ends'], pods: Pick<PodsHere, 'find' | 'isKnown'>): LocalEnd[] {
  const client = ends.client === null ? null : localEnd('client', ends.client, pods);
  const server = localEnd('server', ends.backend ?? ends.server, pods);
  const found = [client, server].filter((end) => end !== null);
  return found.length === 0 ? [neither] : found;
}

function localEnd(
  end: 'client' | 'server',
  { pod: name, process }: WatchEnd,
  pods: Pick<PodsHere, 'find' | 'isKnown'>,
): LocalEnd | null {
  const pod = name === null ? undefined : pods.find(name);
  if (pod !== undefined) return { end, pod, namespace: pod.namespace, workload: pod.workload };
  if (name !== null) {
    // Its socket is here, or nobody knows better than the node's own names, which are of its own pods.
    const isHere = process !== null || !pods.isKnown;
    return isHere ? { end, pod: null, namespace: name.slice(0, name.indexOf('/')), workload: unknown } : null;
  }
  if (process === null) return null;
  const { command, container } = process;
  if (container !== null) return { end, pod: null, namespace: 'unknown', workload: unknown };
  return { end, pod: null, namespace: 'none', workload: { type: 'node', name: command ?? 'unknown' } };
}
