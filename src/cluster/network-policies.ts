// Whether the namespace's NetworkPolicies let the experiment's own traffic through: clients to the server's port, and their names.
import { z } from '../model/schema.ts';
import { clientComponents, type Component } from './names.ts';

const selector = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
    .default([]),
});
type Selector = z.infer<typeof selector>;

const peer = z.object({
  podSelector: selector.optional(),
  namespaceSelector: selector.optional(),
  ipBlock: z.unknown().optional(),
});
const port = z.object({
  port: z.union([z.number(), z.string()]).optional(),
  endPort: z.number().optional(),
  protocol: z.string().default('TCP'),
});
const peers = z.array(peer).default([]);
const ports = z.array(port).default([]);

const policyList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({
        podSelector: selector.prefault({}),
        policyTypes: z.array(z.string()).optional(),
        ingress: z.array(z.object({ from: peers, ports })).nullish(),
        egress: z.array(z.object({ to: peers, ports })).nullish(),
      }),
    }),
  ),
});
export type Policy = z.infer<typeof policyList>['items'][number];
type Peer = z.infer<typeof peer>;
type Port = z.infer<typeof port>;

/** Reads `kubectl get networkpolicies -o json`. Throws when it is something else. */
export const readPolicies = (json: unknown): Policy[] => policyList.parse(json).items;

/** `perhaps`: a rule allows it for namespaces or addresses that are not known here. */
type Passage = 'yes' | 'perhaps' | 'no';

export interface Obstacle {
  /** `co-located-client to the server's port 8080 (egress)` */
  readonly what: string;
  readonly passage: Exclude<Passage, 'yes'>;
  /** The policies that select the pod for this direction. */
  readonly policies: readonly string[];
}

interface Traffic {
  readonly component: Component;
  readonly direction: 'Ingress' | 'Egress';
  /** Of the namespace's pods; null for a pod of another namespace, or none. */
  readonly other: Component | null;
  readonly port: { readonly number: number; readonly name?: string; readonly protocol: string };
  readonly what: string;
}

const probePort = { number: 8_080, name: 'probe', protocol: 'TCP' } as const;

/** What a run needs. Answers come back by themselves, and a node's own probes are let through. */
const needed: readonly Traffic[] = clientComponents.flatMap((client): Traffic[] => [
  {
    ...{ component: 'server', direction: 'Ingress', other: client, port: probePort },
    what: `connections of the ${client} to the server's port 8080 (ingress)`,
  },
  {
    ...{ component: client, direction: 'Egress', other: 'server', port: probePort },
    what: `connections of the ${client} to the server's port 8080 (egress)`,
  },
  {
    ...{ component: client, direction: 'Egress', other: null, port: { number: 53, protocol: 'UDP' } },
    what: `the ${client}'s questions to the name server (egress)`,
  },
]);

/** What the policies keep from working, or may; empty when all that a run needs passes. */
export function findObstacles(policies: readonly Policy[]): Obstacle[] {
  return needed.flatMap((traffic) => {
    const selecting = policies.filter(
      (one) =>
        isSelected(one.spec.podSelector, traffic.component) && directions(one).includes(traffic.direction),
    );
    if (selecting.length === 0) return [];
    const rules = selecting.flatMap(({ spec }) =>
      traffic.direction === 'Ingress'
        ? (spec.ingress ?? []).map((rule) => ({ peers: rule.from, ports: rule.ports }))
        : (spec.egress ?? []).map((rule) => ({ peers: rule.to, ports: rule.ports })),
    );
    // Policies add up: one that allows it is enough.
    const passages = rules.map((rule) => ruleAllows(rule, traffic));
    if (passages.includes('yes')) return [];
    return [
      {
        what: traffic.what,
        passage: passages.includes('perhaps') ? ('perhaps' as const) : ('no' as const),
        policies: selecting.map((one) => one.metadata.name),
      },
    ];
  });
}

/** As the API fills it in. */
function directions({ spec }: Policy): readonly string[] {
  return spec.policyTypes ?? ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])];
}

function ruleAllows(rule: { peers: readonly Peer[]; ports: readonly Port[] }, traffic: Traffic): Passage {
  if (rule.ports.length > 0 && !rule.ports.some((one) => isPort(one, traffic.port))) return 'no';
  if (rule.peers.length === 0) return 'yes';
  const passages = rule.peers.map((one) => peerAllows(one, traffic.other));
  return passages.includes('yes') ? 'yes' : passages.includes('perhaps') ? 'perhaps' : 'no';
}

function peerAllows(one: Peer, other: Component | null): Passage {
  // Which addresses and which namespaces these are is not known here; a namespace that is given empty is every one.
  if (one.ipBlock !== undefined) return 'perhaps';
  const { namespaceSelector, podSelector } = one;
  const isEvery = namespaceSelector !== undefined && isEmpty(namespaceSelector);
  if (other === null) {
    if (namespaceSelector === undefined) return 'no';
    return isEvery && (podSelector === undefined || isEmpty(podSelector)) ? 'yes' : 'perhaps';
  }
  if (podSelector !== undefined && !isSelected(podSelector, other)) return 'no';
  return namespaceSelector === undefined || isEvery ? 'yes' : 'perhaps';
}

function isPort(one: Port, { number, name, protocol }: Traffic['port']): boolean {
  if (one.protocol !== protocol) return false;
  if (one.port === undefined) return true;
  if (typeof one.port === 'string') return one.port === name;
  return one.port <= number && number <= (one.endPort ?? one.port);
}

const isEmpty = ({ matchLabels, matchExpressions }: Selector): boolean =>
  Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;

/** By the labels that every run's pods have; the run's own id nobody knows beforehand. */
function isSelected({ matchLabels, matchExpressions }: Selector, component: Component): boolean {
  const labels = new Map([
    ['app', 'netdebug'],
    ['component', component],
  ]);
  return (
    Object.entries(matchLabels).every(([key, value]) => labels.get(key) === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = labels.get(key);
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          return false;
      }
    })
  );
}
