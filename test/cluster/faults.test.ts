// Everything that can be wrong with a cluster ends with its own sentence and exit code, and leaves nothing behind.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FixtureOptions } from '../fixtures/api-server/server.ts';
import { emptyPath, historyLogs, kubectlSkip, recordOf, underTest } from './against-fixture.ts';

interface Fault {
  readonly when: string;
  readonly fixture?: FixtureOptions;
  readonly words?: readonly string[];
  readonly exitCode: number;
  readonly says: RegExp;
}

const patch = /^\/apis\/apps\/v1\/.*deployments/;
const faults: readonly Fault[] = [
  {
    when: 'a right is missing',
    fixture: { mayNot: ['create deployments.apps'] },
    exitCode: 69,
    says: /you may not create deployments\.apps \(to start server and clients\)/,
  },
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
    when: 'the namespace does not exist',
    words: ['--namespace', 'nowhere'],
    exitCode: 64,
    says: /no namespace "nowhere"; make it with/,
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
  {
    when: 'an outcome is misspelt',
    words: ['--expect', 'nothing'],
    exitCode: 64,
    says: /--expect nothing is no outcome; choose one of/,
  },
  {
    when: 'the rate is none',
    words: ['--max-rate', '0'],
    exitCode: 64,
    says: /--max-rate 0 must be a number above 0/,
  },
];

for (const { when, fixture = {}, words = [], exitCode, says } of faults) {
  test(`when ${when}, the run ends with ${exitCode} and says so`, { skip: kubectlSkip }, async (t) => {
    const cluster = await underTest(t, fixture);
    const ended = await cluster.run('run', ...words);
    assert.match(ended.stderr, says);
    assert.equal(ended.exitCode, exitCode, ended.stderr);
    assert.equal(ended.stdout, '');
    assert.deepEqual(cluster.leftObjects(), []);
  });
}

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

test('without kubectl the run ends with 69 and says where to get it', async (t) => {
  const home = await underTest(t);
  const cluster = await underTest(t, {}, { PATH: await emptyPath(home.home) });
  const ended = await cluster.run('run');
  assert.match(ended.stderr, /kubectl is not installed; install it as https:\/\/kubernetes\.io/);
  assert.equal(ended.exitCode, 69);
});

test('a kubectl that is too old ends the run with 69 and its version', async (t) => {
  const home = await underTest(t);
  const path = await emptyPath(home.home);
  const old = { clientVersion: { major: '1', minor: '15', gitVersion: 'v1.15.12' } };
  await writeFile(join(path, 'kubectl'), `#!/bin/sh\necho '${JSON.stringify(old)}'\n`, { mode: 0o755 });
  const cluster = await underTest(t, {}, { PATH: path });
  const ended = await cluster.run('run');
  assert.match(ended.stderr, /kubectl v1\.15\.12 is too old; install 1\.20 or newer/);
  assert.equal(ended.exitCode, 69);
});

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
