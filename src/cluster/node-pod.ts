// What every pod that looks at its node has: the node's network and processes, root, and of capabilities none but those that it names.
import { containerName } from './names.ts';

export interface NodePod {
  readonly image: string;
  readonly args: readonly string[];
  readonly capabilities: readonly string[];
  /** Of Kubernetes' container and its pod, beside or in place of the common ones. */
  readonly container: Readonly<Record<string, unknown>>;
  readonly pod: Readonly<Record<string, unknown>>;
  readonly securityContext?: Readonly<Record<string, unknown>>;
}

/** The pod's spec. */
export function nodePodSpec({ image, args, capabilities, container, pod, securityContext }: NodePod): object {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    tolerations: [{ operator: 'Exists' }],
    hostNetwork: true,
    // Pods' counters and listeners are read through a process in each; /proc shows those of the node only so.
    hostPID: true,
    dnsPolicy: 'Default',
    securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: containerName,
        image,
        imagePullPolicy: 'IfNotPresent',
        args: [...args],
        resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          ...securityContext,
          capabilities: { drop: ['ALL'], add: [...capabilities] },
        },
        ...container,
      },
    ],
    ...pod,
  };
}
