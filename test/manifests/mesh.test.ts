// The mesh's manifests render, fit the Kubernetes API, ask for no rights that the parts do not use, and fit the program.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../src/cluster/experiment-objects.ts';
import { schemaErrors, typeErrors } from './api-schemas.ts';
import { kubectlSkip, overlaySkip, render } from './render.ts';

interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly automountServiceAccountToken: boolean;
    readonly securityContext: object;
    readonly hostNetwork?: boolean;
    readonly containers: readonly {
      readonly args: readonly string[];
      readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
      readonly securityContext: object;
      readonly resources: { readonly limits: object };
    }[];
  };
}

const base = 'manifests/mesh/base';
const pairs = 'manifests/mesh/overlays/pairs';
const observers = 'manifests/mesh/overlays/observers';
const operator = 'manifests/mesh/overlays/prometheus-operator';
const byOperator = ['PodMonitor', 'PrometheusRule'];

const workloads = (objects: readonly KubeObject[]) =>
  objects
    .filter(({ kind }) => kind === 'DaemonSet' || kind === 'Deployment')
    .map((object) => ({ name: object.metadata.name, ...(object['spec'] as { template: PodTemplate }) }));
const one = (objects: readonly KubeObject[], kind: string, name: string) => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  assert.ok(found !== undefined, `${kind} ${name}`);
  return found as KubeObject & { readonly spec: Record<string, unknown>; readonly rules: unknown };
};

for (const [folder, skip] of [
  [base, kubectlSkip],
  [pairs, overlaySkip],
  [observers, overlaySkip],
  [operator, overlaySkip],
] as const) {
  test(
    `${folder} renders, and the Kubernetes API takes every value and knows every field in it`,
    { skip },
    async () => {
      const objects = render(folder).filter(({ kind }) => !byOperator.includes(kind));
      assert.ok(objects.length >= 11);
      for (const object of objects)
        assert.equal(schemaErrors(object), '', `${object.kind} ${object.metadata.name}`);
      assert.deepEqual(await typeErrors(objects), []);
    },
  );
}

test('no part needs a right on its node, and only the coordinator has a token', { skip: kubectlSkip }, () => {
  const parts = workloads(render(base));
  assert.deepEqual(parts.map(({ name }) => name).toSorted(), [
    'netdebug-mesh-agent',
    'netdebug-mesh-coordinator',
    'netdebug-mesh-server',
  ]);
  for (const { name, template } of parts) {
    const { automountServiceAccountToken, securityContext, hostNetwork, containers } = template.spec;
    assert.equal(automountServiceAccountToken, name === 'netdebug-mesh-coordinator');
    assert.equal(hostNetwork, undefined);
    assert.deepEqual(securityContext, {
      ...{ runAsNonRoot: true, runAsUser: 65_532, runAsGroup: 65_532 },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const container of containers) {
      assert.deepEqual(container.securityContext, {
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
        capabilities: { drop: ['ALL'] },
      });
      assert.ok('memory' in container.resources.limits);
    }
  }
});

test(
  'an agent has a token for the coordinator alone, bounds for where it dials, and limits',
  { skip: kubectlSkip },
  () => {
    const agent = workloads(render(base)).find(({ name }) => name === 'netdebug-mesh-agent');
    const spec = agent?.template.spec as unknown as {
      serviceAccountName: string;
      containers: [
        {
          args: string[];
          env: { name: string; valueFrom?: Record<string, object> }[];
          resources: object;
          volumeMounts: { name: string; mountPath: string }[];
        },
      ];
      volumes: { name: string; projected?: { sources: object[] }; emptyDir?: { sizeLimit: string } }[];
    };
    const [{ args, env, resources, volumeMounts }] = spec.containers;
    assert.equal(spec.serviceAccountName, 'netdebug-mesh-agent');
    assert.deepEqual(spec.volumes.find(({ name }) => name === 'token')?.projected?.sources, [
      { serviceAccountToken: { audience: 'netdebug-coordinator', expirationSeconds: 3_600, path: 'token' } },
    ]);
    const folder = volumeMounts.find(({ name }) => name === 'token')?.mountPath ?? '';
    assert.ok(args.includes(`--token-file=${folder}/token`));
    // Two plans of a mebibyte, while one replaces the other.
    assert.equal(spec.volumes.find(({ name }) => name === 'plan')?.emptyDir?.sizeLimit, '4Mi');
    assert.deepEqual(env.find(({ name }) => name === 'NETDEBUG_HOST_ADDRESSES')?.valueFrom, {
      fieldRef: { fieldPath: 'status.hostIP' },
    });
    for (const [name, key] of [
      ['NETDEBUG_TARGET_RANGES', 'ranges'],
      ['NETDEBUG_TARGET_PORTS', 'ports'],
    ])
      assert.deepEqual(env.find((one) => one.name === name)?.valueFrom, {
        configMapKeyRef: { name: 'netdebug-mesh-targets', key, optional: true },
      });
    assert.deepEqual(Object.keys((resources as { limits: object }).limits).toSorted(), ['cpu', 'memory']);
  },
);

test(
  'the coordinator may list and watch nodes and its own endpoint slices, and have tokens reviewed, and nothing else',
  { skip: kubectlSkip },
  () => {
    const objects = render(base);
    const verbs = ['list', 'watch'];
    assert.deepEqual(one(objects, 'ClusterRole', 'netdebug-mesh-coordinator').rules, [
      { apiGroups: [''], resources: ['nodes'], verbs },
      { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    ]);
    assert.deepEqual(one(objects, 'Role', 'netdebug-mesh-coordinator').rules, [
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
    ]);
    assert.deepEqual(
      objects
        .filter(({ kind }) => kind.endsWith('RoleBinding'))
        .flatMap((binding) => binding['subjects'] as { name: string; namespace: string }[])
        .map(({ name, namespace }) => `${namespace} ${name}`),
      ['netdebug-mesh netdebug-mesh-coordinator', 'netdebug-mesh netdebug-mesh-coordinator'],
      'agents have an account and no rights',
    );
    one(objects, 'ServiceAccount', 'netdebug-mesh-agent');
  },
);

interface Policy {
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly policyTypes: readonly string[];
  readonly ingress: readonly {
    readonly from: readonly {
      readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
      readonly namespaceSelector?: object;
    }[];
    readonly ports: readonly { readonly port: string; readonly protocol: string }[];
  }[];
}

test(
  'who may connect to each part, by which port: agents of this namespace, Prometheus of any, the API’s own proxy',
  { skip: kubectlSkip },
  () => {
    const objects = render(base);
    const prometheus = 'app.kubernetes.io/name=prometheus of any namespace';
    const agents = 'app=netdebug-mesh,component=agent';
    const expected: Readonly<Record<string, readonly string[]>> = {
      agent: [`metrics ${prometheus}`],
      server: [`metrics ${prometheus}`, `probe ${agents}`],
      coordinator: [
        `http ${agents}`,
        `http ${prometheus}`,
        'http k8s-app=konnectivity-agent of {"matchLabels":{"kubernetes.io/metadata.name":"kube-system"}}',
      ],
    };
    const parts = workloads(objects);
    assert.equal(objects.filter(({ kind }) => kind === 'NetworkPolicy').length, 3);
    for (const [part, allowed] of Object.entries(expected)) {
      const { podSelector, policyTypes, ingress } = one(objects, 'NetworkPolicy', `netdebug-mesh-${part}`)
        .spec as unknown as Policy;
      assert.deepEqual(policyTypes, ['Ingress'], 'agents need names, the API and each other');
      const labels = (selected: Readonly<Record<string, string>>) =>
        Object.entries(selected)
          .map((pair) => pair.join('='))
          .join();
      const found = ingress.flatMap(({ from, ports }) =>
        ports.flatMap(({ port }) =>
          from.map(({ podSelector: { matchLabels }, namespaceSelector }) => {
            const where =
              namespaceSelector === undefined
                ? ''
                : ` of ${JSON.stringify(namespaceSelector).replace(/^\{\}$/, 'any namespace')}`;
            return `${port} ${labels(matchLabels)}${where}`;
          }),
        ),
      );
      assert.deepEqual(found.toSorted(), allowed.toSorted());
      const pods = parts.filter(({ template }) =>
        Object.entries(podSelector.matchLabels).every(
          ([label, value]) => template.metadata.labels[label] === value,
        ),
      );
      assert.deepEqual(
        pods.map(({ name }) => name),
        [`netdebug-mesh-${part}`],
      );
      const own = pods[0]?.template.spec.containers[0]?.ports.map(({ name }) => name).toSorted();
      assert.deepEqual(
        [...new Set(ingress.flatMap(({ ports }) => ports.map(({ port }) => port)))].toSorted(),
        own,
      );
    }
  },
);

test(
  'the coordinator knows the namespace that it is in, a drain never waits for it, and its replicas spread',
  { skip: kubectlSkip },
  () => {
    const objects = render(base);
    const budget = one(objects, 'PodDisruptionBudget', 'netdebug-mesh-coordinator').spec;
    assert.equal(budget['maxUnavailable'], 1);
    assert.equal(budget['minAvailable'], undefined);
    const { template } = one(objects, 'Deployment', 'netdebug-mesh-coordinator').spec as unknown as {
      template: {
        metadata: { labels: object };
        spec: {
          containers: { env: { name: string; valueFrom?: { fieldRef: { fieldPath: string } } }[] }[];
          topologySpreadConstraints: {
            whenUnsatisfiable: string;
            labelSelector: { matchLabels: object };
          }[];
        };
      };
    };
    const namespace = template.spec.containers[0]?.env.find(({ name }) => name === 'NETDEBUG_NAMESPACE');
    assert.equal(namespace?.valueFrom?.fieldRef.fieldPath, 'metadata.namespace');
    for (const { whenUnsatisfiable, labelSelector } of template.spec.topologySpreadConstraints) {
      assert.equal(whenUnsatisfiable, 'ScheduleAnyway');
      assert.deepEqual(labelSelector.matchLabels, template.metadata.labels);
    }
  },
);

test(
  'every part has the mesh’s priority, which is no system’s and makes nobody else leave',
  { skip: kubectlSkip },
  () => {
    const objects = render(base);
    const priority = one(objects, 'PriorityClass', 'netdebug-mesh') as unknown as {
      value: number;
      preemptionPolicy: string;
      globalDefault?: boolean;
    };
    assert.ok(priority.value > 0 && priority.value <= 1_000_000_000);
    assert.deepEqual([priority.preemptionPolicy, priority.globalDefault ?? false], ['Never', false]);
    for (const { template } of workloads(objects))
      assert.equal((template.spec as { priorityClassName?: string }).priorityClassName, 'netdebug-mesh');
  },
);

test(
  'the local Service stays on the node, and each Service leads to a port that its pods have',
  { skip: kubectlSkip },
  () => {
    const objects = render(base);
    const local = one(objects, 'Service', 'netdebug-mesh-local').spec;
    assert.equal(local['internalTrafficPolicy'], 'Local');
    for (const name of ['netdebug-mesh-server', 'netdebug-mesh-local', 'netdebug-mesh-coordinator']) {
      const { selector, ports } = one(objects, 'Service', name).spec as {
        selector: Record<string, string>;
        ports: { port: number; targetPort: string }[];
      };
      const pods = workloads(objects).filter(({ template }) =>
        Object.entries(selector).every(([label, value]) => template.metadata.labels[label] === value),
      );
      assert.equal(pods.length, 1, name);
      const [{ port, targetPort } = { port: 0, targetPort: '' }] = ports;
      const container = pods[0]?.template.spec.containers[0];
      assert.equal(container?.ports.find((one) => one.name === targetPort)?.containerPort, port);
    }
  },
);

test(
  'the operator scrapes the ports that are there, under the jobs that the alerts name',
  { skip: overlaySkip },
  () => {
    const objects = render(operator);
    for (const part of ['agent', 'server', 'coordinator']) {
      const { selector, podMetricsEndpoints } = one(objects, 'PodMonitor', `netdebug-mesh-${part}`).spec as {
        selector: { matchLabels: Record<string, string> };
        podMetricsEndpoints: { port: string; relabelings: { targetLabel: string; replacement?: string }[] }[];
      };
      const pod = workloads(objects).find(
        ({ template }) => template.metadata.labels['component'] === selector.matchLabels['component'],
      );
      const [endpoint] = podMetricsEndpoints;
      assert.ok(
        pod?.template.spec.containers[0]?.ports.some(({ name }) => name === endpoint?.port),
        part,
      );
      assert.equal(
        endpoint?.relabelings.find(({ targetLabel }) => targetLabel === 'job')?.replacement,
        `netdebug-mesh-${part}`,
      );
      assert.ok(endpoint.relabelings.some(({ targetLabel }) => targetLabel === 'node'));
    }
  },
);

test('the overlay pairs asks for pair series, and changes nothing else', { skip: overlaySkip }, () => {
  const plain = workloads(render(base)).map(
    ({ name, template }) => [name, template.spec.containers[0]?.args] as const,
  );
  const more = Object.fromEntries(
    workloads(render(pairs)).map(({ name, template }) => [name, template.spec.containers[0]?.args]),
  );
  for (const [name, args = []] of plain) {
    assert.deepEqual(more[name], name === 'netdebug-mesh-agent' ? [...args, '--pair-series'] : args);
  }
});

test(
  'the overlay observers adds those of overlays/observe, in their own namespace',
  { skip: overlaySkip },
  () => {
    const named = (objects: readonly KubeObject[]) =>
      objects
        .map(
          ({ kind, metadata }) =>
            `${kind} ${(metadata as { namespace?: string }).namespace ?? ''} ${metadata.name}`,
        )
        .toSorted();
    assert.deepEqual(
      named(render(observers)),
      named([...render(base), ...render('manifests/overlays/observe')]),
    );
  },
);
