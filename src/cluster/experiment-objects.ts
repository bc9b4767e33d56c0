// The experiment's objects as `cluster run` creates them; with the defaults they are those of manifests/, which a test compares.
import { formatDuration } from '../model/duration.ts';
import {
  clientComponents,
  classOf,
  containerName,
  runLabel,
  type ClientComponent,
  type Component,
} from './names.ts';

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly OwnerReference[];
  };
  readonly [field: string]: unknown;
}

export interface ExperimentShape {
  /** Undefined for the objects of manifests/, which belong to no run. */
  readonly runId?: string;
  readonly image: string;
  /** What the clients get besides the server and their class. */
  readonly clients?: { readonly connections: number; readonly periodMs: number };
  /** Have server and clients write events to their logs. */
  readonly events: boolean;
  /** Clients dial the pod, through a headless Service, instead of the Service's own address. */
  readonly podIp: boolean;
  /** Clients get their nodes at once, and start when startObject is there. */
  readonly held?: boolean;
}

/** The objects with an owner, with which Kubernetes removes them; as they are without one. */
export function ownedBy(owner: OwnerReference | null, objects: readonly KubeObject[]): readonly KubeObject[] {
  if (owner === null) return objects;
  return objects.map((one) => ({ ...one, metadata: { ...one.metadata, ownerReferences: [owner] } }));
}

/** The server's Service and Deployment. */
export function serverObjects(shape: ExperimentShape): KubeObject[] {
  const spec = {
    ...(shape.podIp ? { clusterIP: 'None' } : {}),
    selector: labels('server', shape),
    ports: [{ name: 'probe', port: 8_080, targetPort: 'probe', protocol: 'TCP' }],
  };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: metadata('netdebug', 'server', shape), spec },
    deployment('server', shape, podSpec(shape, serverContainer(shape))),
  ];
}

/** Both clients' Deployments. The server must stand before they start, or their first connections are refused. */
export function clientObjects(shape: ExperimentShape): KubeObject[] {
  return clientComponents.map((component) =>
    deployment(component, shape, {
      ...podSpec(shape, {
        args: clientWords(component, shape),
        ...(shape.held === true ? { env: [waitsForStart(shape)] } : {}),
      }),
      affinity: {
        [component === 'co-located-client' ? 'podAffinity' : 'podAntiAffinity']: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: { matchLabels: labels('server', shape) },
            },
          ],
        },
      },
    }),
  );
}

/** A ConfigMap; while it is missing, a container whose environment asks for it is not started, and its pod has its node. */
export function startObject(shape: Pick<ExperimentShape, 'runId'>): KubeObject {
  const runLabels = shape.runId === undefined ? {} : { [runLabel]: shape.runId };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: startName(shape), labels: { app: 'netdebug', ...runLabels } },
    data: { observers: 'ready' },
  };
}

export const startName = (shape: Pick<ExperimentShape, 'runId'>): string =>
  objectName('netdebug-start', shape);

function waitsForStart(shape: ExperimentShape): object {
  const configMapKeyRef = { name: startName(shape), key: 'observers' };
  return { name: 'NETDEBUG_START', valueFrom: { configMapKeyRef } };
}

/** The name of the object that is called `name` in manifests/. */
function objectName(name: string, { runId }: Pick<ExperimentShape, 'runId'>): string {
  return runId === undefined ? name : `${name}-${runId}`;
}

function clientWords(component: ClientComponent, shape: ExperimentShape): string[] {
  const { clients, events } = shape;
  return [
    'client',
    ...['--host', objectName('netdebug', shape)],
    ...['--class', classOf[component]],
    ...(clients === undefined ? [] : ['--connections', String(clients.connections)]),
    ...(clients === undefined ? [] : ['--period', formatDuration(clients.periodMs)]),
    ...(events ? ['--events', '-'] : []),
  ];
}

function serverContainer({ events }: ExperimentShape): object {
  const probe = { tcpSocket: { port: 'probe' } };
  return {
    args: ['server', ...(events ? ['--events', '-'] : [])],
    ports: [{ name: 'probe', containerPort: 8_080, protocol: 'TCP' }],
    readinessProbe: { ...probe, periodSeconds: 5, timeoutSeconds: 5 },
    livenessProbe: { ...probe, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 4 },
  };
}

function deployment(component: Component, shape: ExperimentShape, pod: object): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(component, component, shape),
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels(component, shape) },
      template: { metadata: { labels: labels(component, shape) }, spec: pod },
    },
  };
}

/** What Pod Security "restricted" asks for, and no more rights than that. */
function podSpec({ image }: ExperimentShape, container: object): Record<string, unknown> {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65_532,
      runAsGroup: 65_532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: containerName,
        image,
        imagePullPolicy: 'IfNotPresent',
        resources: { requests: { cpu: '50m', memory: '96Mi' }, limits: { memory: '256Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        ...container,
      },
    ],
  };
}

function metadata(name: string, component: Component, shape: ExperimentShape): KubeObject['metadata'] {
  return { name: objectName(name, shape), labels: labels(component, shape) };
}

function labels(component: Component, { runId }: ExperimentShape): Record<string, string> {
  return { app: 'netdebug', component, ...(runId === undefined ? {} : { [runLabel]: runId }) };
}
