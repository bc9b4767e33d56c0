// What the API calls addresses: pods, Services and nodes, each reduced to its names and addresses; and which of the nodes we are on.
import { isIP } from 'node:net';
import { countObjects, listPage } from './list.ts';
import { createTransport, type KubernetesAccess, type Transport } from './transport.ts';

/** Each of one kind that has this address now. */
export interface AddressName {
  readonly kind: 'pod' | 'service' | 'node';
  /** NAMESPACE/NAME, of a node its name. */
  readonly name: string;
  readonly address: string;
}

/** What processes' cgroups call a pod. */
interface PodUid {
  readonly uid: string;
  /** NAMESPACE/NAME */
  readonly name: string;
}

export interface ClusterNames {
  readonly addresses: readonly AddressName[];
  readonly pods: readonly PodUid[];
  /** Whether pods of other nodes, or Services, were not read, or not all. */
  readonly leftOut: boolean;
  /** How many nodes the cluster has. */
  readonly nodeCount: number;
}

/** By what the API knows a machine: it may be called anything there. */
interface Machine {
  /** /proc/sys/kernel/random/boot_id; nodes that share a kernel share it. */
  readonly bootId: string;
  readonly addresses: readonly string[];
  /** What the API is likely to call it: of a large cluster not all nodes are read then. */
  readonly nodeName?: string;
}

export interface NamesLimits {
  readonly pageSize: number;
  readonly timeoutMs: number;
  /** In a cluster with more nodes other nodes' pods are not read, nor all Services: each node's observer would ask for all. */
  readonly mostNodes: number;
  readonly mostPods: number;
  /** In such a cluster. */
  readonly mostServices: number;
}

/** Nodes up to which a cluster is not large. */
export const mostNodes = 100;

const usualLimits: NamesLimits = {
  ...{ pageSize: 250, timeoutMs: 30_000, mostNodes, mostPods: 20_000, mostServices: 2_000 },
};

export interface NamesReader {
  /**
   * Asks now. Resolves with undefined when no node of the cluster is this machine: the names of another cluster would be wrong ones, as
   * their addresses are often the same. Rejects with an ApiFailure when the API does not say, and when `signal` ends it.
   */
  read(machine: Machine, signal?: AbortSignal): Promise<ClusterNames | undefined>;
}

/** Asks nothing yet. Throws a `missing` Problem when a pod's credentials cannot be read. */
export function openNames(access: KubernetesAccess, limits: Partial<NamesLimits> = {}): NamesReader {
  const transport = createTransport(access);
  const { pageSize, timeoutMs, mostPods, mostServices, ...bounds } = { ...usualLimits, ...limits };
  return {
    async read(machine, signal) {
      const ask = <T>(
        path: string,
        query: Readonly<Record<string, string>>,
        reduce: (object: unknown) => T | null,
        most = Number.POSITIVE_INFINITY,
      ) => listAll(transport, path, query, reduce, { pageSize, timeoutMs, most, signal });
      const path = '/api/v1/nodes';
      const isHere = ({ bootId, addresses }: NodeNames) =>
        bootId === machine.bootId && addresses.some((one) => machine.addresses.includes(one));
      const { nodeName } = machine;
      let nodeCount =
        nodeName === undefined ? undefined : await countObjects(transport, path, timeoutMs, signal);
      let nodes: readonly NodeNames[] = [];
      if (nodeCount !== undefined && nodeCount > bounds.mostNodes)
        nodes = (await ask(path, { fieldSelector: `metadata.name=${nodeName ?? ''}` }, readNode)).objects;
      let own = nodes.find(isHere);
      // Of a small one all are wanted, and of a large one all are asked for where it is called otherwise.
      if (own === undefined) {
        nodes = (await ask(path, {}, readNode)).objects;
        nodeCount = nodes.length;
        own = nodes.find(isHere);
      }
      if (own === undefined) return undefined;
      const here = await ask('/api/v1/pods', { fieldSelector: `spec.nodeName=${own.name}` }, readPod);
      const isLarge = (nodeCount ?? 0) > bounds.mostNodes;
      const all = isLarge ? { objects: [], leftOut: true } : await ask('/api/v1/pods', {}, readPod, mostPods);
      const most = isLarge ? mostServices : undefined;
      const services = await ask('/api/v1/services', {}, readService, most);
      const pods = [...new Map([...all.objects, ...here.objects].map((pod) => [pod.uids[0], pod])).values()];
      return {
        addresses: [...named('node', nodes), ...named('service', services.objects), ...named('pod', pods)],
        pods: pods.flatMap(({ uids, name }) => uids.map((uid) => ({ uid, name }))),
        leftOut: all.leftOut || services.leftOut,
        nodeCount: nodeCount ?? nodes.length,
      };
    },
  };
}

const named = (kind: AddressName['kind'], objects: readonly Named[]): AddressName[] =>
  objects.flatMap(({ name, addresses }) => addresses.map((address) => ({ kind, name, address })));

interface PageLimits extends Pick<NamesLimits, 'pageSize' | 'timeoutMs'> {
  /** Objects, after which no further page is asked for. */
  readonly most: number;
  readonly signal: AbortSignal | undefined;
}

async function listAll<T>(
  transport: Transport,
  path: string,
  query: Record<string, string>,
  reduce: (object: unknown) => T | null,
  { pageSize, timeoutMs, most, signal }: PageLimits,
): Promise<{ objects: T[]; leftOut: boolean }> {
  const objects: T[] = [];
  let next: string | undefined;
  do {
    const words = { ...query, limit: String(pageSize), ...(next === undefined ? {} : { continue: next }) };
    const asked = `${path}?${new URLSearchParams(words).toString()}`;
    const page = await listPage(transport, asked, reduce, timeoutMs, signal);
    objects.push(...(page.objects as T[]));
    next = page.next;
  } while (next !== undefined && objects.length < most);
  return { objects, leftOut: next !== undefined };
}

interface Named {
  readonly name: string;
  readonly addresses: readonly string[];
}

interface NodeNames extends Named {
  readonly bootId: string;
}

interface PodsNames extends Named {
  readonly uids: readonly string[];
}

/** Null for what has no name. */
function readNode(object: unknown): NodeNames | null {
  const { metadata, status } = fields(object);
  const name = text(fields(metadata)['name']);
  if (name === '') return null;
  const addresses = all(fields(status)['addresses']).map((one) => text(fields(one)['address']));
  const bootId = text(fields(fields(status)['nodeInfo'])['bootID']);
  return { name, addresses: addresses.filter(isAddress), bootId };
}

/** Null for what has no name, or no UID. A pod that has ended may no longer have its address; one in its node's network never had it. */
function readPod(object: unknown): PodsNames | null {
  const { metadata, spec, status } = fields(object);
  const { name, namespace, uid, annotations } = fields(metadata);
  if (text(name) === '' || text(namespace) === '' || text(uid) === '') return null;
  // What the API has of a static pod is a mirror with a UID of its own; its processes have the hash of its manifest.
  const hash = text(fields(annotations)['kubernetes.io/config.hash']);
  const hasOwn =
    fields(spec)['hostNetwork'] !== true && !/^(?:Succeeded|Failed)$/.test(text(fields(status)['phase']));
  const addresses = all(fields(status)['podIPs']).map((one) => text(fields(one)['ip']));
  return {
    name: `${text(namespace)}/${text(name)}`,
    addresses: hasOwn ? addresses.filter(isAddress) : [],
    uids: [text(uid), ...(hash === '' ? [] : [hash])],
  };
}

/** Null for what has no name. */
function readService(object: unknown): Named | null {
  const { metadata, spec } = fields(object);
  const { name, namespace } = fields(metadata);
  if (text(name) === '' || text(namespace) === '') return null;
  // Of a headless one: "None".
  const addresses = all(fields(spec)['clusterIPs']).map(text);
  return { name: `${text(namespace)}/${text(name)}`, addresses: addresses.filter(isAddress) };
}

const isAddress = (address: string) => isIP(address) !== 0;

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const all = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
