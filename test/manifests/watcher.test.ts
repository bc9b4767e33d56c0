// The watcher's overlay: it renders, fits the Kubernetes API and the program, and asks for the rights that docs/watch.md lists and no others.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KubeObject } from '../../src/cluster/experiment-objects.ts';
import { command as watchCommand } from '../../src/cli/watch.ts';
import { isCapability, listedPod, listedRights } from '../lab-live/watch-in-container.ts';
import { schemaErrors, typeErrors } from './api-schemas.ts';
import { kubectlSkip, overlaySkip, render } from './render.ts';

const watcher = 'manifests/mesh/overlays/watcher';
const operator = 'manifests/mesh/overlays/watcher-prometheus-operator';
const root = join(import.meta.dirname, '../..');

interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork: boolean;
  readonly hostPID: boolean;
  readonly priorityClassName: string;
  readonly tolerations: object;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly env: readonly { readonly name: string; readonly valueFrom: object }[];
    readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
    readonly resources: Readonly<Record<'limits' | 'requests', Readonly<Record<'cpu' | 'memory', string>>>>;
    readonly securityContext: Readonly<Record<string, unknown>> & {
      readonly capabilities: { readonly drop: readonly string[]; readonly add: readonly string[] };
    };
    readonly volumeMounts: readonly {
      readonly name: string;
      readonly mountPath: string;
      readonly readOnly?: boolean;
    }[];
  }[];
  readonly volumes: readonly { readonly name: string; readonly hostPath?: { readonly path: string } }[];
}

const one = (objects: readonly KubeObject[], kind: string) => {
  const [found, ...others] = objects.filter((object) => object.kind === kind);
  assert.ok(found !== undefined && others.length === 0, kind);
  return found as KubeObject & { readonly spec: Record<string, unknown>; readonly rules: unknown };
};
const specOf = (objects: readonly KubeObject[]) => {
  const { template } = one(objects, 'DaemonSet').spec as {
    template: { metadata: { annotations: Record<string, string> }; spec: PodSpec };
  };
  const [container] = template.spec.containers;
  assert.ok(container !== undefined);
  return { ...template, container };
};

for (const [folder, skip] of [
  [watcher, kubectlSkip],
  [operator, overlaySkip],
] as const)
  test(
    `${folder} renders, and the Kubernetes API takes every value and knows every field in it`,
    { skip },
    async () => {
      const objects = render(folder).filter(({ kind }) => !['PodMonitor', 'PrometheusRule'].includes(kind));
      assert.deepEqual(objects.map(({ kind }) => kind).toSorted(), [
        'ClusterRole',
        'ClusterRoleBinding',
        'DaemonSet',
        'Namespace',
        'PriorityClass',
        'ServiceAccount',
      ]);
      for (const object of objects)
        assert.equal(schemaErrors(object), '', `${object.kind} ${object.metadata.name}`);
      assert.deepEqual(await typeErrors(objects), []);
    },
  );

test('it is in no other overlay of the mesh', { skip: overlaySkip }, () => {
  for (const folder of ['base', 'overlays/pairs', 'overlays/observers', 'overlays/prometheus-operator'])
    for (const { kind, metadata } of render(`manifests/mesh/${folder}`))
      assert.ok(!metadata.name.startsWith('netdebug-watch'), `${kind} ${metadata.name} in ${folder}`);
});

test('it may read names and workloads, and make Events, and nothing else', { skip: kubectlSkip }, () => {
  const objects = render(watcher);
  assert.deepEqual(one(objects, 'ClusterRole').rules, [
    { apiGroups: [''], resources: ['nodes', 'services'], verbs: ['list'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  ]);
  const binding = one(objects, 'ClusterRoleBinding') as unknown as { subjects: unknown; roleRef: unknown };
  const name = 'netdebug-watch';
  assert.deepEqual(binding.subjects, [{ kind: 'ServiceAccount', name, namespace: name }]);
  assert.deepEqual(binding.roleRef, { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name });
  const { spec } = specOf(objects);
  assert.equal(spec.serviceAccountName, one(objects, 'ServiceAccount').metadata.name);
  assert.equal(spec.priorityClassName, one(objects, 'PriorityClass').metadata.name);
});

test(
  'its rights are those of the table in docs/watch.md but for the kernel’s log, each with its reason beside it',
  {
    skip: kubectlSkip,
  },
  () => {
    const { spec, container } = specOf(render(watcher));
    const { capabilities, ...security } = container.securityContext;
    const listed = listedRights()
      .filter(isCapability)
      .map(({ name }) => name);
    assert.deepEqual(capabilities, { drop: ['ALL'], add: capabilities.add });
    assert.deepEqual(capabilities.add.toSorted(), listed.filter((name) => name !== 'SYSLOG').toSorted());
    assert.ok(container.args.includes('--without=kernel-log'), 'SYSLOG is what reads the kernel’s log');
    assert.deepEqual(security, {
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      appArmorProfile: { type: 'Unconfined' },
    });
    assert.deepEqual([spec.hostNetwork, spec.hostPID], [true, true]);
    const text = readFileSync(join(root, watcher, 'watcher.yaml'), 'utf8');
    for (const name of capabilities.add) assert.match(text, new RegExp(`# ${name}: `), name);
    const pod = listedPod();
    assert.deepEqual(
      container.volumeMounts.map(({ mountPath }) => mountPath),
      pod.containers[0]?.volumeMounts.map(({ mountPath }) => mountPath),
    );
    const fromNode = spec.volumes.flatMap(({ name, hostPath }) =>
      hostPath === undefined ? [] : [{ name, path: hostPath.path }],
    );
    assert.deepEqual(
      fromNode.map(({ path }) => path),
      ['/sys/kernel/tracing', '/sys/fs/cgroup'],
    );
    const readOnly = container.volumeMounts.filter((mount) => mount.readOnly === true);
    assert.deepEqual(
      readOnly.map(({ mountPath }) => mountPath),
      ['/sys/fs/cgroup'],
    );
  },
);

test(
  'its words are those of the program, and say nothing of what is lost into the node’s logs',
  { skip: kubectlSkip },
  () => {
    const { container, metadata, spec } = specOf(render(watcher));
    const { args, env, ports, resources } = container;
    const [command, ...flags] = args;
    assert.equal(command, 'watch');
    const filledIn = flags.map((flag) =>
      flag.replace('$(NETDEBUG_NODE)', 'node-1').replace('$(NETDEBUG_HOST_ADDRESS)', '10.0.0.7'),
    );
    assert.ok(!filledIn.some((flag) => flag.includes('$(')));
    const program = watchCommand();
    program.exitOverride().action(() => undefined);
    program.parse(filledIn, { from: 'user' });
    const { node, metrics, events, output, without } = program.opts<Record<string, unknown>>();
    assert.deepEqual(
      { node, metrics, events, output, without },
      {
        ...{ node: 'node-1', metrics: { address: '10.0.0.7', port: 9_466 }, events: true, output: 'none' },
        without: [['kernel-log']],
      },
    );
    assert.deepEqual(
      env.map(({ name, valueFrom }) => [name, valueFrom]),
      [
        ['NETDEBUG_NODE', { fieldRef: { fieldPath: 'spec.nodeName' } }],
        ['NETDEBUG_HOST_ADDRESS', { fieldRef: { fieldPath: 'status.hostIP' } }],
      ],
    );
    assert.deepEqual(ports, [{ name: 'metrics', containerPort: 9_466, protocol: 'TCP' }]);
    assert.equal(metadata.annotations['prometheus.io/port'], '9466');
    for (const which of [resources.limits, resources.requests])
      assert.deepEqual(Object.keys(which).toSorted(), ['cpu', 'memory']);
    assert.deepEqual(spec.tolerations, [{ operator: 'Exists' }]);
  },
);

test(
  'the operator scrapes its port under the job that the alerts name, and leaves the workload’s namespace as it is',
  {
    skip: overlaySkip,
  },
  () => {
    const objects = render(operator);
    const { selector, podMetricsEndpoints } = one(objects, 'PodMonitor').spec as unknown as {
      selector: { matchLabels: object };
      podMetricsEndpoints: {
        port: string;
        honorLabels: boolean;
        relabelings: { targetLabel: string; replacement?: string }[];
      }[];
    };
    const { template } = one(objects, 'DaemonSet').spec as { template: { metadata: { labels: object } } };
    assert.deepEqual(selector.matchLabels, template.metadata.labels);
    const [endpoint] = podMetricsEndpoints;
    assert.equal(endpoint?.port, 'metrics');
    assert.equal(endpoint.honorLabels, true);
    const job = endpoint.relabelings.find(({ targetLabel }) => targetLabel === 'job')?.replacement;
    assert.equal(job, 'netdebug-watch');
    assert.ok(endpoint.relabelings.some(({ targetLabel }) => targetLabel === 'node'));
    assert.ok(JSON.stringify(one(objects, 'PrometheusRule')).includes(`up{job=\\"${job}\\"}`));
  },
);
