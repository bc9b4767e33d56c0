// What `cluster watch` is asked to watch: a workload, a Service, a pod, a selector or a namespace, found as a set of pods that is read
// anew while it lasts, since pods come and go.
import { isIP } from 'node:net';
import { Problem } from '../model/problem.ts';
import { z } from '../model/schema.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';

export interface WatchTarget {
  /** As the user would say it: `deployment redis in namespace shop`. */
  readonly words: string;
  /** What selects its pods; null for a pod by its name. */
  readonly selector: string | null;
  readonly pod: string | null;
}

interface WatchedPod {
  readonly name: string;
  /** Null while the scheduler has found none. */
  readonly node: string | null;
  readonly addresses: readonly string[];
  /** Of a pod in its node's own network, where they are the node's, too: by its ports its connections are told from others. */
  readonly hostAddresses: readonly string[];
  readonly hostPorts: readonly number[];
}

export interface WatchedSet {
  readonly pods: readonly WatchedPod[];
  /** Of Services that lead to them. */
  readonly serviceAddresses: readonly string[];
  readonly nodePorts: readonly number[];
}

const labels = z.record(z.string(), z.string());

const selectorSchema = z.object({
  matchLabels: labels.default({}),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
    .default([]),
});

const ownerSchema = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
  spec: z.object({ selector: z.unknown().optional() }).default({}),
});

/**
 * @param text `deploy/redis`, `svc/redis`, `pod/redis-0`; a bare name is a pod's; null for all of the namespace, or of `selector`.
 * Throws a `usage` Problem for what is not there or selects no pods, and a `missing` one where it may not be read.
 */
export async function findTarget(
  kubectl: Kubectl,
  namespace: string,
  text: string | null,
  selector: string | null,
): Promise<WatchTarget> {
  const where = `in namespace ${namespace}`;
  if (text !== null && selector !== null)
    throw new Problem('usage', `Name a workload or give --selector, not both: ${text}, ${selector}.`);
  if (text === null) {
    const words = selector === null ? `all pods ${where}` : `pods with ${selector} ${where}`;
    return { words, selector: selector ?? '', pod: null };
  }
  const asked = text.includes('/') ? text : `pod/${text}`;
  const answer = await kubectl.ask(['get', asked, '--output=json']);
  if (!answer.ok) {
    if (/doesn't have a resource type/.test(answer.result.stderr))
      throw new Problem(
        'usage',
        `The cluster has no kind of object called "${asked.slice(0, asked.indexOf('/'))}"; name a workload as in deploy/redis, sts/db, svc/web or pod/db-0.`,
      );
    if (answer.failure.kind !== 'not-found') throw new Problem('missing', answer.failure.sentence);
    throw new Problem(
      'usage',
      `There is no ${asked} ${where}; kubectl get deployments,statefulsets,daemonsets,services,pods --namespace=${namespace} lists what is there.`,
    );
  }
  const parsed = ownerSchema.safeParse(JSON.parse(answer.stdout));
  if (!parsed.success)
    throw new Problem(
      'usage',
      `${asked} is not one object; name one, as in deploy/redis, or give --selector.`,
    );
  const { kind, metadata, spec } = parsed.data;
  const words = `${kind.toLowerCase()} ${metadata.name} ${where}`;
  if (kind === 'Pod') return { words, selector: null, pod: metadata.name };
  const selected = selectorOf(kind, spec.selector);
  if (selected === '')
    throw new Problem('usage', `${asked} selects no pods by labels; name the pods with --selector.`);
  return { words, selector: selected, pod: null };
}

/** As kubectl takes it; empty where there is none. */
function selectorOf(kind: string, selector: unknown): string {
  if (kind === 'Service' || kind === 'ReplicationController') {
    const plain = labels.safeParse(selector);
    return plain.success ? wordsOf(plain.data).join(',') : '';
  }
  const parsed = selectorSchema.safeParse(selector);
  if (!parsed.success) return '';
  const { matchLabels, matchExpressions } = parsed.data;
  return [...wordsOf(matchLabels), ...matchExpressions.map(expression)].join(',');
}

const wordsOf = (all: Readonly<Record<string, string>>): string[] =>
  Object.entries(all).map(([key, value]) => `${key}=${value}`);

function expression({ key, operator, values }: { key: string; operator: string; values: string[] }): string {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return key;
  }
}

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), labels: labels.default({}) }),
      spec: z
        .object({
          nodeName: z.string().optional(),
          hostNetwork: z.boolean().default(false),
          containers: z
            .array(z.object({ ports: z.array(z.object({ containerPort: z.number() })).default([]) }))
            .default([]),
        })
        .prefault({}),
      status: z
        .object({
          phase: z.string().default('Pending'),
          podIPs: z.array(z.object({ ip: z.string() })).default([]),
        })
        .prefault({}),
    }),
  ),
});

const servicesSchema = z.object({
  items: z.array(
    z.object({
      spec: z
        .object({
          selector: labels.optional(),
          clusterIPs: z.array(z.string()).default([]),
          externalIPs: z.array(z.string()).default([]),
          ports: z.array(z.object({ nodePort: z.number().optional() })).default([]),
        })
        .prefault({}),
      status: z
        .object({
          loadBalancer: z
            .object({ ingress: z.array(z.object({ ip: z.string().optional() })).default([]) })
            .prefault({}),
        })
        .prefault({}),
    }),
  ),
});

/** What belongs to the target now. Throws a `missing` Problem where its pods may not be read; Services that may not be are none. */
export async function readWatched(kubectl: Kubectl, { selector, pod }: WatchTarget): Promise<WatchedSet> {
  const how =
    pod !== null
      ? [`--field-selector=metadata.name=${pod}`]
      : selector === null || selector === ''
        ? []
        : [`--selector=${selector}`];
  const [pods, services] = await Promise.all([
    kubectl.json(['get', 'pods', ...how]),
    kubectl.ask(['get', 'services', '--output=json']),
  ]);
  const { items } = podsSchema.parse(pods);
  const living = items.filter(({ status }) => !/^(?:Succeeded|Failed)$/.test(status.phase));
  const all = services.ok ? servicesSchema.parse(JSON.parse(services.stdout)).items : [];
  const leading = all.filter(({ spec }) => {
    const wanted = Object.entries(spec.selector ?? {});
    if (wanted.length === 0) return false;
    return living.some(({ metadata }) => wanted.every(([key, value]) => metadata.labels[key] === value));
  });
  return {
    pods: living.map(({ metadata, spec, status }) => ({
      name: metadata.name,
      node: spec.nodeName ?? null,
      addresses: spec.hostNetwork ? [] : status.podIPs.map(({ ip }) => ip),
      hostAddresses: spec.hostNetwork ? status.podIPs.map(({ ip }) => ip) : [],
      hostPorts: spec.hostNetwork
        ? spec.containers.flatMap(({ ports }) => ports.map(({ containerPort }) => containerPort))
        : [],
    })),
    serviceAddresses: leading.flatMap(({ spec, status }) =>
      [
        ...spec.clusterIPs,
        ...spec.externalIPs,
        ...status.loadBalancer.ingress.flatMap(({ ip }) => ip ?? []),
      ].filter((address) => isIP(address) !== 0),
    ),
    nodePorts: leading.flatMap(({ spec }) => spec.ports.flatMap(({ nodePort }) => nodePort ?? [])),
  };
}
