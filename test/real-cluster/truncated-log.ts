// A pod's log, emptied under whoever follows it, as logrotate's copytruncate does: the kubelet waits for the place where it was to be
// reached again, and says nothing until then.
import { kubectl, kubectlWith, observerImage } from './surroundings.ts';

const namespace = 'netdebug-truncate-log';

/** Empties the current log of the one pod of the selector, by a privileged pod on its node, which goes again. */
export async function truncateLog(selector: string): Promise<void> {
  const listed = JSON.parse(await kubectl('get', 'pods', `--selector=${selector}`, '--output=json')) as {
    items: { metadata: { namespace: string; name: string; uid: string }; spec: { nodeName: string } }[];
  };
  const pod = listed.items[0];
  if (pod === undefined) throw new Error(`no pod is ${selector}`);
  const { metadata, spec } = pod;
  const file = `/logs/${metadata.namespace}_${metadata.name}_${metadata.uid}/netdebug/0.log`;
  await kubectlWith(
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects(spec.nodeName) }),
    'apply',
  );
  try {
    await kubectl(
      'wait',
      '--for=condition=Ready',
      'pod/truncate',
      `--namespace=${namespace}`,
      '--timeout=60s',
    );
    await kubectl('exec', 'truncate', `--namespace=${namespace}`, '--', 'truncate', '--size=0', file);
  } finally {
    await kubectl('delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s');
  }
}

function objects(node: string): object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'truncate', namespace },
      spec: {
        nodeName: node,
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'truncate',
            image: observerImage,
            imagePullPolicy: 'IfNotPresent',
            command: ['sleep', '900'],
            securityContext: { privileged: true, runAsUser: 0 },
            volumeMounts: [{ name: 'logs', mountPath: '/logs' }],
          },
        ],
        volumes: [{ name: 'logs', hostPath: { path: '/var/log/pods' } }],
      },
    },
  ];
}
