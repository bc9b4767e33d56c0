// Nodes and EndpointSlices, reduced to what a plan is made of: of a node's tens of kilobytes some hundred bytes are kept. What no cluster
// can have is left out and told: an agent refuses a plan with any of it as a whole, and nobody bounds its length. Written out without the
// schema library, which is a third of what the coordinator would load.
import { isIP } from 'node:net';
import { addressPattern, nodeNamePattern, zonePattern } from '../model/mesh-names.ts';

/** Of a Node. */
export interface NodeObject {
  readonly metadata: {
    readonly name: string;
    /** The zone's label alone. */
    readonly labels: Readonly<Record<string, string>>;
    /** Null when there is none; of anything that is there all but its beginning may be lost. */
    readonly deletionTimestamp: string | null;
  };
  /** Those taints alone that say that the node is to go, each once. */
  readonly spec: { readonly unschedulable: boolean; readonly taints: readonly { readonly key: string }[] };
  /** The condition Ready alone, once, and not True as False. */
  readonly status: { readonly conditions: readonly { readonly type: 'Ready'; readonly status: string }[] };
}

/** Of an EndpointSlice. */
export interface SliceObject {
  readonly metadata: { readonly name: string };
  /** The first alone that is one. */
  readonly ports: readonly { readonly port: number }[];
  /** Those alone that are of a node and have an address. */
  readonly endpoints: readonly {
    readonly addresses: readonly string[];
    readonly nodeName: string;
    readonly conditions: { readonly ready: boolean | null; readonly terminating: boolean | null };
  }[];
}

/** Hears of what was left out, in a few words: "a port that is none". */
export type OnUnusable = (what: string) => void;

export const zoneLabel = 'topology.kubernetes.io/zone';
/** What the cluster autoscaler, and Karpenter, mark a node with before they take it away. */
const deletingTaints = [
  'ToBeDeletedByClusterAutoscaler',
  'karpenter.sh/disrupted',
  'node.kubernetes.io/out-of-service',
];
/** Kubernetes allows no more in one slice. */
const mostEndpoints = 1_000;

const ignore = () => undefined;

/**
 * Null when no node can have its name. Takes what it has made, too. Throws a TypeError that names the field when the object is no Node.
 */
export function readNode(object: unknown, onUnusable: OnUnusable = ignore): NodeObject | null {
  const { metadata, spec, status } = record(object, 'a Node');
  const { name: given, labels, deletionTimestamp } = record(metadata, 'metadata');
  const name = text(given, 'metadata.name');
  const zone = record(labels ?? {}, 'metadata.labels')[zoneLabel];
  const { unschedulable, taints } = record(spec ?? {}, 'spec');
  const { conditions } = record(status ?? {}, 'status');
  const keys = new Set(all(taints, 'spec.taints').map(({ key }) => text(key, 'the key of a taint')));
  const ready = all(conditions, 'status.conditions')
    .filter(({ type }) => type === 'Ready')
    .map((condition) => text(condition['status'], 'the status of a condition'));
  const kept = {
    metadata: {
      name,
      labels: zone === undefined ? {} : labelled(text(zone, `the label ${zoneLabel}`), onUnusable),
      deletionTimestamp: begun(deletionTimestamp),
    },
    spec: {
      unschedulable: flag(unschedulable, 'spec.unschedulable') ?? false,
      taints: deletingTaints.filter((key) => keys.has(key)).map((key) => ({ key })),
    },
    status: {
      conditions:
        ready.length === 0
          ? []
          : [{ type: 'Ready' as const, status: ready.includes('True') ? 'True' : 'False' }],
    },
  };
  if (nodeNamePattern.test(name)) return kept;
  onUnusable('a node with a name that no node can have');
  return null;
}

function labelled(zone: string, onUnusable: OnUnusable): Readonly<Record<string, string>> {
  if (zonePattern.test(zone)) return { [zoneLabel]: zone };
  onUnusable('a zone with a name that no zone can have');
  return {};
}

function begun(deletionTimestamp: unknown): string | null {
  if (deletionTimestamp === undefined || deletionTimestamp === null) return null;
  const time = text(deletionTimestamp, 'metadata.deletionTimestamp');
  // Not cut: of a text that was cut the whole is kept.
  return time.length <= '2006-01-02T15:04:05.999999999+07:00'.length ? time : '';
}

/**
 * Null when no EndpointSlice can have its name. Takes what it has made, too. Throws a TypeError that names the field when the object is no
 * EndpointSlice.
 */
export function readSlice(object: unknown, onUnusable: OnUnusable = ignore): SliceObject | null {
  const { metadata, ports, endpoints } = record(object, 'an EndpointSlice');
  const name = text(record(metadata, 'metadata')['name'], 'metadata.name');
  const usable = all(ports, 'ports').flatMap(({ port }) => portIn(port, onUnusable));
  const given = all(endpoints, 'endpoints');
  if (given.length > mostEndpoints) {
    onUnusable(`what is beyond ${mostEndpoints} endpoints in one EndpointSlice`);
  }
  const kept = {
    metadata: { name },
    ports: usable.slice(0, 1),
    endpoints: given.slice(0, mostEndpoints).flatMap((endpoint) => endpointIn(endpoint, onUnusable)),
  };
  // The names of both follow the same rule.
  if (nodeNamePattern.test(name)) return kept;
  onUnusable('an EndpointSlice with a name that none can have');
  return null;
}

function portIn(given: unknown, onUnusable: OnUnusable): SliceObject['ports'] {
  // Without a number it means all ports, which is none to dial.
  if (given === undefined || given === null) return [];
  const port = whole(given, 'a port');
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return [{ port }];
  onUnusable('a port that is none');
  return [];
}

function endpointIn(
  { addresses, nodeName, conditions }: Fields,
  onUnusable: OnUnusable,
): SliceObject['endpoints'] {
  const { ready, terminating } = record(conditions ?? {}, 'the conditions of an endpoint');
  // Kubernetes: the addresses of one endpoint are interchangeable, and clients are to use the first.
  const [first] = list(addresses, 'the addresses of an endpoint');
  const kept = {
    conditions: {
      ready: flag(ready, 'the condition ready'),
      terminating: flag(terminating, 'the condition terminating'),
    },
  };
  if (first === undefined || nodeName === undefined || nodeName === null) return [];
  const address = text(first, 'an address');
  const node = text(nodeName, 'the nodeName of an endpoint');
  // An IPv6 address with a scope is one for isIP, but none that a pod has.
  if (isIP(address) === 0 || !addressPattern.test(address))
    onUnusable('an endpoint with an address that is none');
  else if (!nodeNamePattern.test(node)) onUnusable('an endpoint on a node with a name that no node can have');
  else return [{ addresses: [address], nodeName: node, ...kept }];
  return [];
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrong(what, 'an object', value);
}

function list(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(what, 'a list', value);
}

/** Objects; none where the API leaves the field out. */
const all = (value: unknown, what: string) =>
  list(value ?? [], what).map((one) => record(one, `what is in ${what}`));

function text(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw wrong(what, 'text', value);
}

function whole(value: unknown, what: string): number {
  if (typeof value === 'number') return value;
  throw wrong(what, 'a number', value);
}

function flag(value: unknown, what: string): boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value;
  throw wrong(what, 'true or false', value);
}

function wrong(what: string, wanted: string, value: unknown): TypeError {
  const found = value === undefined ? 'missing' : JSON.stringify(value).slice(0, 80);
  return new TypeError(`${what} is not ${wanted} but ${found}`);
}
