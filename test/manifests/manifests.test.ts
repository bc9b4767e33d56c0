// The manifests render, fit the Kubernetes API, and are the objects that `cluster run` makes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventOf } from '../../src/cluster/finding-events.ts';
import { deadlineJob } from '../../src/cluster/deadline.ts';
import {
  clientObjects,
  ownedBy,
  serverObjects,
  startObject,
  type KubeObject,
} from '../../src/cluster/experiment-objects.ts';
import { observerObjects } from '../../src/cluster/observer-objects.ts';
import type { Finding } from '../../src/model/run-record.ts';
import { schemaErrors, typeErrors } from './api-schemas.ts';
import { kubectlSkip, kustomizations, overlaySkip, render } from './render.ts';

const plain = { image: 'netdebug:latest', events: false, podIp: false };
const byName = (objects: readonly KubeObject[]) =>
  objects.toSorted((a, b) => `${a.kind} ${a.metadata.name}`.localeCompare(`${b.kind} ${b.metadata.name}`));
const kindsAndNames = (objects: readonly KubeObject[]) =>
  byName(objects).map(({ kind, metadata }) => `${kind} ${metadata.name}`);

interface Workload {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
    };
  };
}

const experiment = ['Deployment co-located-client', 'Deployment remote-client', 'Deployment server'];
const expected: Readonly<Record<(typeof kustomizations)[number], readonly string[]>> = {
  manifests: [...experiment, 'Service netdebug'],
  'manifests/overlays/namespace': [...experiment, 'Namespace netdebug', 'Service netdebug'],
  'manifests/overlays/network-policy': [
    ...experiment,
    'NetworkPolicy netdebug-clients',
    'NetworkPolicy netdebug-server',
    'Service netdebug',
  ],
  'manifests/overlays/observe': ['DaemonSet observer', 'Namespace netdebug-observe'],
  'manifests/overlays/pod-ip': [...experiment, 'Service netdebug', 'Service netdebug-pod-ip'],
};

for (const folder of kustomizations) {
  test(
    `${folder} renders, and the Kubernetes API takes every value in it`,
    { skip: folder === 'manifests' ? kubectlSkip : overlaySkip },
    () => {
      const objects = render(folder);
      assert.deepEqual(kindsAndNames(objects), expected[folder]);
      for (const object of objects)
        assert.equal(schemaErrors(object), '', `${object.kind} ${object.metadata.name}`);
    },
  );
}

test(
  'no manifest and no object of a run has a field that the Kubernetes API does not know',
  { skip: overlaySkip },
  async () => {
    const shape = {
      ...plain,
      runId: 'abc123',
      clients: { connections: 10, periodMs: 1_000 },
      events: true,
      podIp: true,
      held: true,
    };
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'netdebug-deadline-abc123', uid: 'x' };
    const finding = {
      ...{ cause: 'unknown', author: 'unknown', classes: ['remote'], connections: 2 },
      ...{
        sentence: 'It is not known.',
        suspects: [],
        exclusions: [],
        rivals: [],
        evidence: [],
        missing: [],
        fixes: [],
      },
    } as const satisfies Finding;
    const node = { apiVersion: 'v1', kind: 'Node', name: 'node-a', uid: 'node-a' } as const;
    const run = { classes: [], startedAt: '2026-01-01T00:00:00.000000Z', durationSeconds: 60 };
    const findingEvent = eventOf(finding, 0, run, node, { runId: 'abc123' });
    const ofRun = [
      deadlineJob({ runId: 'abc123', image: 'netdebug' }, 600),
      ...ownedBy(owner, [...serverObjects(shape), ...clientObjects(shape), startObject(shape)]),
      ...observerObjects({ runId: 'abc123', image: 'netdebug:observer', nodes: ['node-a', 'node-b'] }),
    ];
    for (const object of [...ofRun, findingEvent])
      assert.equal(schemaErrors(object), '', `${object.kind} ${object.metadata.name}`);
    assert.deepEqual(
      await typeErrors([...kustomizations.flatMap((folder) => render(folder)), ...ofRun, findingEvent]),
      [],
    );
  },
);

test('the checks bite: a wrong value and an unknown field are found', async () => {
  const [, server] = serverObjects(plain);
  assert.ok(server !== undefined);
  const spec = server['spec'] as Record<string, unknown>;
  assert.match(schemaErrors({ ...server, spec: { ...spec, replicas: 'one' } }), /replicas must be integer/);
  const errors = await typeErrors([{ ...server, spec: { ...spec, replcas: 1 } }]);
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? '', /replcas/);
});

test(
  'manifests/ is what cluster run creates, run label, connections and events aside',
  { skip: kubectlSkip },
  () => {
    assert.deepEqual(byName(render('manifests')), byName([...serverObjects(plain), ...clientObjects(plain)]));
  },
);

test(
  'overlays/observe is what cluster run --observe creates, run label and nodes aside',
  { skip: overlaySkip },
  () => {
    assert.deepEqual(
      byName(render('manifests/overlays/observe')),
      byName(observerObjects({ image: 'netdebug:observer' })),
    );
  },
);

test(
  "every workload's selector picks its own pods, and the Service picks the server's alone",
  { skip: kubectlSkip },
  () => {
    const objects = render('manifests');
    const service = objects.find(({ kind }) => kind === 'Service') as unknown as {
      spec: { selector: Record<string, string> };
    };
    const picks = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) =>
      Object.entries(selector).every(([name, value]) => labels[name] === value);
    const picked: string[] = [];
    for (const object of objects.filter(({ kind }) => kind === 'Deployment')) {
      const { spec } = object as unknown as Workload;
      assert.ok(picks(spec.selector.matchLabels, spec.template.metadata.labels));
      assert.deepEqual(spec.template.metadata.labels, { app: 'netdebug', component: object.metadata.name });
      if (picks(service.spec.selector, spec.template.metadata.labels)) picked.push(object.metadata.name);
    }
    assert.deepEqual(picked, ['server']);
  },
);

test(
  'in overlays/pod-ip both clients dial the headless Service, each in a class of its own',
  { skip: overlaySkip },
  () => {
    const objects = render('manifests/overlays/pod-ip') as unknown as (KubeObject & Workload)[];
    const clients = byName(
      objects.filter(({ metadata }) => metadata.name.endsWith('-client')),
    ) as unknown as Workload[];
    assert.deepEqual(
      clients.map(({ spec }) => spec.template.spec.containers[0]?.args),
      ['co-located', 'remote'].map((name) => [
        'client',
        '--host',
        'netdebug-pod-ip',
        '--class',
        `${name}-pod-ip`,
      ]),
    );
  },
);
