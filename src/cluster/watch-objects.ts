// The observer that `cluster watch` starts on a node: a Job of one pod, so that Kubernetes takes both away when it has ended.
import type { KubeObject } from './experiment-objects.ts';
import { containerName, runLabel } from './names.ts';
import { nodePodSpec } from './node-pod.ts';

/** Where it listens, inside its pod. */
export const observerSocket = '/run/netdebug/observer.sock';

export interface WatchObserver {
  readonly runId: string;
  readonly image: string;
  readonly node: string;
  /** With their data packets, too. */
  readonly ports: readonly number[];
  /** Kubernetes before 1.30 has AppArmor in an annotation. */
  readonly hasAppArmorField: boolean;
}

/** Ends by itself when nobody has asked for so long. */
const unaskedSeconds = 60;

/** One capability a line, with what it is for; docs/cluster.md says what is missing without each. */
export const observerCapabilities = [
  // Events of connection tracking, and netfilter's rules and their counters.
  'NET_ADMIN',
  // The capture.
  'NET_RAW',
  // tcpdump, as root, sets its groups, and ends where it may not.
  'SETGID',
  // To enter the networks of pods: their sockets, and how each ended.
  'SYS_ADMIN',
  // The same, and whose the sockets of other users' processes are.
  'SYS_PTRACE',
  // To list other users' descriptors.
  'DAC_READ_SEARCH',
] as const;

/** The label by which the pod of a node is found; a node's name may be longer than a label's value. */
export const attemptLabel = 'netdebug-observer';

function observerName({ runId }: Pick<WatchObserver, 'runId'>, place: string): string {
  return `netdebug-watch-${runId}-${place}`;
}

/** @param place Which of the run's observers it is: part of names and labels. */
export function watchObserverJob(observer: WatchObserver, place: string): KubeObject {
  const { runId, image, node, ports, hasAppArmorField } = observer;
  const labels = { app: 'netdebug', component: 'observer', [runLabel]: runId, [attemptLabel]: place };
  const annotations = hasAppArmorField
    ? {}
    : { annotations: { [`container.apparmor.security.beta.kubernetes.io/${containerName}`]: 'unconfined' } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: observerName(observer, place), labels },
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: 0,
      template: {
        metadata: { labels, ...annotations },
        spec: nodePodSpec({
          image,
          args: [
            ...['observe', '--serve', observerSocket, '--node', node, '--unasked', `${unaskedSeconds}s`],
            ...ports.flatMap((port) => ['--port', String(port)]),
          ],
          capabilities: observerCapabilities,
          // It forbids to write below /sys, and to look at other processes.
          securityContext: hasAppArmorField ? { appArmorProfile: { type: 'Unconfined' } } : {},
          container: {
            volumeMounts: [
              { name: 'tracing', mountPath: '/sys/kernel/tracing' },
              { name: 'cgroup', mountPath: '/sys/fs/cgroup', readOnly: true },
              { name: 'tmp', mountPath: '/tmp' },
              { name: 'run', mountPath: '/run/netdebug' },
            ],
          },
          pod: {
            // Not by the scheduler: a node that takes no new pods is still to be looked at.
            nodeName: node,
            restartPolicy: 'Never',
            terminationGracePeriodSeconds: 5,
            volumes: [
              { name: 'tracing', hostPath: { path: '/sys/kernel/tracing' } },
              { name: 'cgroup', hostPath: { path: '/sys/fs/cgroup' } },
              { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
              { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
            ],
          },
        }),
      },
    },
  };
}
