// Preflight and a run say that NetworkPolicies of the namespace deny what the run needs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyLogs, kubectlSkip, underTest } from './against-fixture.ts';

test('preflight and a run say that a policy denies what the run needs', { skip: kubectlSkip }, async (t) => {
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'deny-all', namespace: 'default' },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  };
  const cluster = await underTest(t, { objects: [object], logs: await historyLogs('co-located') });
  const preflight = await cluster.run('preflight');
  assert.match(
    preflight.stdout,
    /^warning +policies +NetworkPolicies of namespace default deny connections/m,
  );
  assert.equal(preflight.exitCode, 0);
  const run = await cluster.run('run', '--period', '200ms', '--expect', 'any', '--max-rate', '1000');
  assert.match(run.stderr, /NetworkPolicies of namespace default deny .* by deny-all/);
  assert.equal(run.exitCode, 0, run.stderr);
});
