// Nodes and EndpointSlices, reduced to what a plan is made of: of a node's tens of kilobytes some hundred bytes are kept. Written out
// without the schema library, which is a third of what the coordinator would load.

/** Of a Node. */
export interface NodeObject {
  readonly metadata: {
    readonly name: string;
    /** The zone's label alone. */
    readonly labels: Readonly<Record<string, string>>;
    readonly deletionTimestamp: unknown;
  };
  readonly spec: { readonly unschedulable: boolean; readonly taints: readonly { readonly key: string }[] };
  /** The condition Ready alone. */
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
}

/** Of an EndpointSlice. */
export interface SliceObject {
  readonly metadata: { readonly name: string };
  readonly ports: readonly { readonly port: number | null }[];
  readonly endpoints: readonly {
    readonly addresses: readonly string[];
    readonly nodeName: string | null;
    readonly conditions: { readonly ready: boolean | null; readonly terminating: boolean | null };
  }[];
}

export const zoneLabel = 'topology.kubernetes.io/zone';

/** Takes what it has made, too. Throws a TypeError that names the field when the object is no Node. */
export function readNode(object: unknown): NodeObject {
  const { metadata, spec, status } = record(object, 'a Node');
  const { name, labels, deletionTimestamp } = record(metadata, 'metadata');
  const zone = record(labels ?? {}, 'metadata.labels')[zoneLabel];
  const { unschedulable, taints } = record(spec ?? {}, 'spec');
  const { conditions } = record(status ?? {}, 'status');
  return {
    metadata: {
      name: text(name, 'metadata.name'),
      labels: zone === undefined ? {} : { [zoneLabel]: text(zone, `the label ${zoneLabel}`) },
      deletionTimestamp: deletionTimestamp ?? null,
    },
    spec: {
      unschedulable: flag(unschedulable, 'spec.unschedulable') ?? false,
      taints: all(taints, 'spec.taints').map(({ key }) => ({ key: text(key, 'the key of a taint') })),
    },
    status: {
      conditions: all(conditions, 'status.conditions')
        .filter(({ type }) => type === 'Ready')
        .map((condition) => ({
          type: 'Ready',
          status: text(condition['status'], 'the status of a condition'),
        })),
    },
  };
}

/** Takes what it has made, too. Throws a TypeError that names the field when the object is no EndpointSlice. */
export function readSlice(object: unknown): SliceObject {
  const { metadata, ports, endpoints } = record(object, 'an EndpointSlice');
  return {
    metadata: { name: text(record(metadata, 'metadata')['name'], 'metadata.name') },
    ports: all(ports, 'ports').map(({ port }) => ({
      port: port === undefined || port === null ? null : whole(port, 'a port'),
    })),
    endpoints: all(endpoints, 'endpoints').map(({ addresses, nodeName, conditions }) => {
      const { ready, terminating } = record(conditions ?? {}, 'the conditions of an endpoint');
      return {
        // Kubernetes: the addresses of one endpoint are interchangeable, and clients are to use the first.
        addresses: list(addresses, 'the addresses of an endpoint')
          .slice(0, 1)
          .map((address) => text(address, 'an address')),
        nodeName:
          nodeName === undefined || nodeName === null ? null : text(nodeName, 'the nodeName of an endpoint'),
        conditions: {
          ready: flag(ready, 'the condition ready'),
          terminating: flag(terminating, 'the condition terminating'),
        },
      };
    }),
  };
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
