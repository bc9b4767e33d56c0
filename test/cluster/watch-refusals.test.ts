// What `cluster watch` says before anything is started: rights that are missing, with the Role that grants them; and workloads that are
// not there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { kubectlSkip, underTest } from './against-fixture.ts';

const words = ['--image', 'registry.example/netdebug:observer'];

const pod = (name: string, labels: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name, labels },
  spec: { nodeName: 'node-a', containers: [] },
  status: { phase: 'Running', podIPs: [{ ip: '10.1.0.7' }] },
});

test('a right that is missing is named, with the Role that grants it', { skip: kubectlSkip }, async (t) => {
  const cluster = await underTest(t, {
    mayNot: ['create jobs.batch', 'create pods/exec'],
    objects: [pod('redis-0', { app: 'redis' })],
  });
  const { exitCode, stdout, stderr } = await cluster.run('watch', 'pod/redis-0', ...words);
  assert.equal(exitCode, 69, stderr);
  assert.equal(stdout, '');
  assert.match(
    stderr,
    /You may not create jobs\.batch \(to start an observer on a node\); create pods\/exec/,
  );
  const yaml = stderr.slice(stderr.indexOf('apiVersion:'), stderr.indexOf('\nWithout it:'));
  const objects = parseAllDocuments(yaml).map((one) => one.toJS() as { kind: string; rules?: object[] });
  assert.deepEqual(
    objects.map(({ kind }) => kind),
    ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
  );
  const rules = JSON.stringify(objects[0]?.rules);
  assert.match(rules, /"pods\/exec"/);
  assert.match(rules, /"jobs"/);
  assert.match(stderr, /sudo netdebug watch/);
  assert.deepEqual(cluster.leftObjects(), []);
});

const refusals: readonly (readonly [readonly string[], number, RegExp])[] = [
  [['deployment/none'], 64, /There is no deployment\/none in namespace default; kubectl get deployments,/],
  [['pod/redis-0', '-l', 'app=redis'], 64, /Name a workload or give --selector, not both/],
  [['deploy/none'], 64, /no kind of object called "deploy"; name a workload/],
  [['-l', 'app=nobody'], 64, /There is no pod to watch: pods with app=nobody in namespace default/],
  [['deployment/open'], 64, /deployment\/open selects no pods by labels/],
];

for (const [target, code, sentence] of refusals) {
  test(`"watch ${target.join(' ')}" ends with ${code} and a sentence`, { skip: kubectlSkip }, async (t) => {
    const open = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'open', namespace: 'default', labels: {} },
      spec: { selector: {} },
    };
    const cluster = await underTest(t, { objects: [pod('redis-0', { app: 'redis' }), open] });
    const { exitCode, stderr } = await cluster.run('watch', ...target, ...words);
    assert.equal(exitCode, code, stderr);
    assert.match(stderr, sentence);
    assert.deepEqual(cluster.leftObjects(), []);
  });
}

test('without an image it says how one is named', { skip: kubectlSkip }, async (t) => {
  const cluster = await underTest(t);
  const { exitCode, stderr } = await cluster.run('watch');
  assert.equal(exitCode, 64, stderr);
  assert.match(stderr, /--image or NETDEBUG_IMAGE/);
});
