// Nodes and EndpointSlices as large as those of a real cluster: what a kubelet and a cloud write into them, of some 22 kB a node.
import { createHash } from 'node:crypto';
import { meshNode } from '../scale/cluster.ts';

const service = 'netdebug-mesh-server';
const endpointsPerSlice = 100;

/** JSON of the node with this number; `version` is its resourceVersion. */
export function nodeJson(number: number, version: number): string {
  const { name, zone, address } = meshNode(number);
  const time = new Date(Date.UTC(2026, 0, 1) + version * 1_000).toISOString().replace(/\.\d+/, '');
  const condition = (type: string, status: string, reason: string) => ({
    ...{ type, status, lastHeartbeatTime: time, lastTransitionTime: time, reason },
    message: `kubelet or the node problem detector reports ${reason} on ${name} and says at some length what that means`,
  });
  return JSON.stringify({
    metadata: {
      ...{ name, uid: digest(name).slice(0, 36), resourceVersion: String(version), creationTimestamp: time },
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': zone,
        'topology.kubernetes.io/region': 'europe-west1',
        'node.kubernetes.io/instance-type': 'e2-standard-16',
        ...Object.fromEntries(
          Array.from({ length: 24 }, (_, at) => [
            `cloud.example.com/label-${at}`,
            digest(`${name}${at}`).slice(0, 20),
          ]),
        ),
      },
      annotations: Object.fromEntries(
        Array.from({ length: 16 }, (_, at) => [
          `csi.volume.kubernetes.io/annotation-${at}`,
          JSON.stringify({ id: digest(`${name}${at}`), zone }),
        ]),
      ),
      managedFields: ['kubelet', 'kube-controller-manager', 'cloud-controller', 'calico'].map((manager) => ({
        ...{ manager, operation: 'Update', apiVersion: 'v1', time, fieldsType: 'FieldsV1' },
        fieldsV1: {
          'f:status': Object.fromEntries(
            Array.from({ length: 40 }, (_, at) => [`f:field-${manager}-${at}`, {}]),
          ),
        },
      })),
    },
    spec: {
      podCIDR: '10.0.0.0/24',
      podCIDRs: ['10.0.0.0/24'],
      providerID: `gce://project/${zone}/${name}`,
      taints: number % 10 === 0 ? [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' }] : undefined,
    },
    status: {
      capacity: { cpu: '16', memory: '65842128Ki', pods: '110', 'ephemeral-storage': '98831908Ki' },
      allocatable: { cpu: '15890m', memory: '60055568Ki', pods: '110', 'ephemeral-storage': '47093746742' },
      conditions: [
        condition('NetworkUnavailable', 'False', 'RouteCreated'),
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      nodeInfo: {
        ...{
          machineID: digest(name),
          kernelVersion: '6.6.56+',
          osImage: 'Container-Optimized OS from Google',
        },
        ...{
          containerRuntimeVersion: 'containerd://1.7.24',
          kubeletVersion: 'v1.34.1',
          architecture: 'amd64',
        },
      },
      // A kubelet reports the fifty largest.
      images: Array.from({ length: 50 }, (_, at) => ({
        names: [
          `europe-docker.pkg.dev/project/repository/image-${at}@sha256:${digest(String(at))}`,
          `europe-docker.pkg.dev/project/repository/image-${at}:v1.${at}.${number % 7}`,
        ],
        sizeBytes: 10_000_000 + at,
      })),
    },
  });
}

/** JSON of all EndpointSlices of the servers of so many nodes. */
export function sliceJsons(nodes: number): string[] {
  return Array.from({ length: Math.ceil(nodes / endpointsPerSlice) }, (_, slice) => {
    const first = slice * endpointsPerSlice;
    const numbers = Array.from({ length: Math.min(endpointsPerSlice, nodes - first) }, (_, at) => first + at);
    return JSON.stringify({
      metadata: {
        name: `${service}-${slice}`,
        resourceVersion: String(slice + 1),
        labels: { 'kubernetes.io/service-name': service },
      },
      addressType: 'IPv4',
      endpoints: numbers.map((number) => {
        const { name, zone, address } = meshNode(number);
        return {
          addresses: [address],
          conditions: { ready: true, serving: true, terminating: false },
          ...{ nodeName: name, zone },
          targetRef: {
            kind: 'Pod',
            namespace: 'netdebug-mesh',
            name: `${service}-${number}`,
            uid: digest(name),
          },
        };
      }),
      ports: [{ name: 'probes', port: 8_080, protocol: 'TCP' }],
    });
  });
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
