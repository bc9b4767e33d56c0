// The observers of a run: a namespace that admits them, and a DaemonSet for the two nodes that matter; as in manifests/overlays/observe.
import type { KubeObject } from './experiment-objects.ts';
import { runLabel } from './names.ts';
import { nodePodSpec } from './node-pod.ts';

/** Where the observer writes, inside its pod. */
export const observerFolder = '/var/run/netdebug';

/** Those that have what they need with the rights of an observer's pod; the others take SYS_ADMIN, SYS_PTRACE or an account. */
const witnessesInPods =
  'capture,conntrack-events,conntrack-stats,ip-monitor,listeners,rule-counters,rule-owners,snmp';

export interface ObserverShape {
  readonly runId?: string;
  readonly image: string;
  /** Undefined for the nodes that their user has labelled `netdebug-observe=true`, as manifests/ wants it. */
  readonly nodes?: readonly string[];
}

/** The namespace of a run's observers. */
export function observerNamespace({ runId }: Pick<ObserverShape, 'runId'>): string {
  return runId === undefined ? 'netdebug-observe' : `netdebug-observe-${runId}`;
}

/** The Namespace first: the other object lies in it. */
export function observerObjects(shape: ObserverShape): KubeObject[] {
  const runLabels = shape.runId === undefined ? {} : { [runLabel]: shape.runId };
  const labels = { app: 'netdebug', component: 'observer', ...runLabels };
  const namespace = observerNamespace(shape);
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: { app: 'netdebug', ...runLabels, 'pod-security.kubernetes.io/enforce': 'privileged' },
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'observer', namespace, labels } as KubeObject['metadata'],
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(shape) },
      },
    },
  ];
}

function podSpec({ image, nodes }: ObserverShape): object {
  return nodePodSpec({
    image,
    // Its folder bears the node's name, which the host's name need not be.
    args: [
      ...['observe', '--out', observerFolder, '--node', '$(NETDEBUG_NODE)', '--max-size', '256MiB'],
      ...['--only', witnessesInPods],
    ],
    // NET_ADMIN for conntrack's events and netfilter's dumps, NET_RAW for captures, SETGID since tcpdump sets its groups even
    // where it stays root. SYS_PTRACE is not needed: what is read of pods is open to everybody; nor SYS_ADMIN: none is entered.
    capabilities: ['NET_ADMIN', 'NET_RAW', 'SETGID'],
    container: {
      env: [{ name: 'NETDEBUG_NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
      volumeMounts: [
        { name: 'evidence', mountPath: observerFolder },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    },
    pod: {
      terminationGracePeriodSeconds: 10,
      nodeSelector: {
        'kubernetes.io/os': 'linux',
        ...(nodes === undefined ? { 'netdebug-observe': 'true' } : {}),
      },
      ...(nodes === undefined ? {} : { affinity: onlyOn(nodes) }),
      volumes: [
        { name: 'evidence', emptyDir: { sizeLimit: '320Mi' } },
        { name: 'tmp', emptyDir: { sizeLimit: '16Mi' } },
      ],
    },
  });
}

/** By name, which a node's label kubernetes.io/hostname need not be. Terms are alternatives; a term takes one name. */
function onlyOn(nodes: readonly string[]): object {
  const nodeSelectorTerms = nodes.map((name) => ({
    matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }],
  }));
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
}
