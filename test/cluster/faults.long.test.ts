// Everything that can be wrong with a cluster ends with its own sentence and exit code, and leaves nothing behind. The first few of
// these faults are in faults.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyLogs, kubectlSkip, recordOf, underTest } from './against-fixture.ts';
import { testFault, type Fault } from './fault-case.ts';

const patch = /^\/apis\/apps\/v1\/.*deployments/;
const faults: readonly Fault[] = [
  {
    when: 'the API forbids what can-i had allowed',
    fixture: {
      requestFaults: [
        { method: 'PATCH', path: patch, status: 403, times: 99, message: 'deployments.apps is forbidden' },
      ],
    },
    exitCode: 69,
    says: /You are not allowed to do what the experiment needs here/,
  },
  {
    when: 'the image cannot be pulled',
    fixture: { podFault: 'image' },
    words: ['--image', 'registry.example/nothing'],
    exitCode: 69,
    says: /The image registry\.example\/nothing cannot be pulled on node node-a; .*--image/,
  },
  {
    when: 'the image is not one of netdebug',
    fixture: { podFault: 'crash' },
    exitCode: 69,
    says: /does not start: is netdebug:latest an image of netdebug\?/,
  },
  {
    when: 'no node takes the pods',
    fixture: { podFault: 'pending' },
    exitCode: 69,
    says: /not ready within 4 s .*0\/2 nodes are available: 1 Insufficient cpu/,
  },
  {
    when: 'a quota is used up',
    fixture: { podFault: 'quota' },
    exitCode: 69,
    says: /A quota of the namespace leaves no room for the pods.*exceeded quota: compute/,
  },
  {
    when: 'Pod Security refuses',
    fixture: { podFault: 'pod-security' },
    exitCode: 69,
    says: /Pod Security refuses the pods.*violates PodSecurity/,
  },
  {
    when: 'there is one node only',
    fixture: { nodes: ['node-a'] },
    exitCode: 69,
    says: /1 of 1 nodes takes the pods, and the experiment needs two/,
  },
  {
    when: 'the API is too busy for good',
    fixture: { requestFaults: [{ method: 'PATCH', path: /services/, status: 429, times: 999 }] },
    exitCode: 69,
    says: /The cluster's API is too busy to answer/,
  },
  {
    when: 'the API fails for good',
    fixture: { requestFaults: [{ method: 'PATCH', path: /services/, status: 500, times: 999 }] },
    exitCode: 69,
    says: /The cluster's API failed by its own fault/,
  },
  {
    when: 'the context does not exist',
    words: ['--context', 'nowhere'],
    exitCode: 69,
    says: /kubectl knows no cluster to talk to.*--context/,
  },
  {
    when: 'the kubeconfig does not exist',
    words: ['--kubeconfig', '/nowhere/config'],
    exitCode: 69,
    says: /kubectl knows no cluster to talk to/,
  },
];
for (const fault of faults) testFault(fault);

test(
  'when nobody listens where the kubeconfig points, run and preflight end with 69 and say so',
  { skip: kubectlSkip },
  async (t) => {
    const cluster = await underTest(t);
    await cluster.fixture.close();
    const run = await cluster.run('run');
    assert.match(run.stderr, /The cluster cannot be reached; check that it is up/);
    assert.equal(run.exitCode, 69);
    const preflight = await cluster.run('preflight');
    assert.match(preflight.stdout, /^missing +cluster +The cluster cannot be reached/);
    assert.equal(preflight.exitCode, 69);
  },
);

test(
  'a busy API, one that fails for a while and logs that break off do not change the verdict',
  { skip: kubectlSkip },
  async (t) => {
    const cluster = await underTest(t, {
      logs: await historyLogs('co-located'),
      cutFirstLogAfter: 31,
      requestFaults: [
        { method: 'PATCH', path: patch, status: 429, times: 2 },
        { method: 'PATCH', path: /services/, status: 500, times: 2 },
        { method: 'GET', path: /\/pods$/, status: 503, times: 2 },
        { method: 'DELETE', path: patch, status: 500, times: 2 },
      ],
    });
    const undisturbed = await underTest(t, { logs: await historyLogs('co-located') });
    const words = ['run', '--json', '--period', '200ms', '--max-rate', '1000', '--expect', 'any'];
    const [record, expected] = [
      recordOf(await cluster.run(...words)),
      recordOf(await undisturbed.run(...words)),
    ];
    assert.deepEqual(record.classes, expected.classes);
    assert.deepEqual(record.verdict, expected.verdict);
    assert.deepEqual(cluster.leftObjects(), []);
  },
);
