// The coordinator against an API that lists and watches, on this machine's loopback.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeObject } from '../../src/lab/mesh/cluster-objects.ts';
import { readSeries } from '../../src/lab/mesh/series.ts';
import { meshPlanSchema } from '../../src/model/mesh-plan.ts';
import { assign } from '../../src/mesh/plan/assign.ts';
import { startHttp } from '../../src/mesh/http-listener.ts';
import { createCoverageAnswer } from '../../src/mesh/coordinator/coverage-answer.ts';
import { startCoordinator } from '../../src/mesh/coordinator/coordinator.ts';
import type { PlanBoard } from '../../src/mesh/coordinator/plan-board.ts';
import type { Poller } from '../../src/mesh/coordinator/pollers.ts';
import { openKubernetes } from '../../src/kubernetes/api.ts';
import { meshNode } from '../../bench/scale/cluster.ts';
import { unusedPort } from '../probe/loopback.ts';
import { anywhere, api, coordinate, service, until } from './running-coordinator.ts';

async function planOf(url: string, node: string) {
  const response = await fetch(`${url}/v1/plan/${node}`);
  return { etag: response.headers.get('etag') ?? '', plan: meshPlanSchema.parse(await response.json()) };
}

test('a plan is served with an ETag, a change wakes those that wait for it, and both replicas say the same', async (t) => {
  const { cluster, members, apiUrl } = await api(t);
  const { url } = await coordinate(t, apiUrl);
  const { url: other } = await coordinate(t, apiUrl);
  const { etag, plan } = await planOf(url, 'node-1');
  assert.equal(etag, `"${plan.revision}"`);
  assert.deepEqual((await planOf(other, 'node-1')).plan, plan);
  assert.deepEqual(
    plan.targets.map(({ node, class: where, path }) => `${node ?? '*'} ${where} ${path}`),
    [
      'node-1 same-node service',
      'node-1 same-node pod-ip',
      'node-2 cross-zone pod-ip',
      'node-3 cross-zone pod-ip',
      '* cross-zone service',
    ],
  );
  const unchanged = await fetch(`${url}/v1/plan/node-1`, { headers: { 'if-none-match': etag } });
  assert.equal(unchanged.status, 304);

  const waiting = fetch(`${url}/v1/plan/node-1?wait=30s`, { headers: { 'if-none-match': etag } });
  const [, second] = members;
  assert.ok(second !== undefined);
  cluster.put('nodes', 'node-2', nodeObject(second, 'cordoned'));
  const news = meshPlanSchema.parse(await (await waiting).json());
  assert.deepEqual(news.leftOut, [{ node: 'node-2', reason: 'node-cordoned' }]);
  assert.ok(!news.targets.some(({ node }) => node === 'node-2'));

  cluster.remove('nodes', 'node-3');
  await until('the node that is gone is remembered', async () => {
    const state = (await (await fetch(`${url}/v1/nodes/node-3`)).json()) as { leftOut: string | null };
    return state.leftOut === 'node-deleting';
  });
});

test('wrong questions get a sentence, and the coverage counts only agents that are there', async (t) => {
  const { apiUrl } = await api(t);
  const { url } = await coordinate(t, apiUrl);
  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(url + path, { method });
    return [response.status, (await response.text()).trim()];
  };
  assert.deepEqual(await ask('/v1/plan/nowhere'), [
    404,
    'The cluster has no node "nowhere"; give --node the name that "kubectl get nodes" shows.',
  ]);
  assert.equal((await ask('/v1/plan/node-1?wait=soon'))[0], 400);
  assert.equal((await ask('/v1/plan/node-1', 'POST'))[0], 405);
  assert.equal((await ask('/'))[0], 404);
  const coverage = async () =>
    (await (await fetch(`${url}/v1/coverage`)).json()) as Record<'plan' | 'now', { uncovered: string[] }>;
  assert.deepEqual((await coverage()).plan.uncovered, []);
  assert.equal((await coverage()).now.uncovered.length, 3);
  for (const node of ['node-1', 'node-2', 'node-3']) await planOf(url, node);
  await until('all are covered', async () => (await coverage()).now.uncovered.length === 0);
});

test('while the API is away the last plan is served, and the coordinator says so', async (t) => {
  const { cluster, apiUrl } = await api(t);
  const { url, log } = await coordinate(t, apiUrl);
  const { plan } = await planOf(url, 'node-1');
  await cluster.close();
  await until('it is said', () => log.some((line) => line.includes('does not tell us of')));
  await until('it was tried again and again', async () => {
    const all = readSeries(await (await fetch(`${url}/metrics`)).text());
    return (all.find(({ name }) => name === 'netdebug_mesh_coordinator_watch_errors_total')?.value ?? 0) >= 6;
  });
  const sentences = log.filter((line) => line.includes('does not tell us of'));
  assert.equal(sentences.length, new Set(sentences).size, sentences.join('\n'));
  assert.deepEqual((await planOf(url, 'node-1')).plan, plan);
  const ready = await fetch(`${url}/readyz`);
  assert.deepEqual([ready.status, /stale/.test(await ready.text())], [200, true]);
  const series = readSeries(await (await fetch(`${url}/metrics`)).text());
  assert.equal(series.find(({ name }) => name === 'netdebug_mesh_coordinator_synced')?.value, 0);
});

test('an API that calls all nodes not ready at once is not believed: the plan stays, and that it does is said', async (t) => {
  const { cluster, members, apiUrl } = await api(t);
  const { url, log } = await coordinate(t, apiUrl);
  const { plan } = await planOf(url, 'node-1');
  const series = async (name: string) =>
    readSeries(await (await fetch(`${url}/metrics`)).text()).find(
      (one) => one.name === `netdebug_mesh_coordinator_${name}`,
    )?.value;
  assert.equal(await series('held_nodes'), 0);
  for (const member of members) cluster.put('nodes', member.node.name, nodeObject(member, 'not-ready'));
  await until('all are held', async () => (await series('held_nodes')) === 3);
  const held = (await planOf(url, 'node-1')).plan;
  assert.deepEqual(held.targets, plan.targets);
  assert.deepEqual(held.leftOut, []);
  assert.deepEqual(
    held.doubted,
    ['node-1', 'node-2', 'node-3'].map((node) => ({ node, reason: 'node-not-ready' })),
  );
  const coverage = (await (await fetch(`${url}/v1/coverage`)).json()) as {
    held: unknown[];
    plan: { planned: number };
  };
  assert.deepEqual([coverage.plan.planned, coverage.held.length], [3, 3]);
  assert.ok(log.some((line) => line.includes('they stay in the plan')));

  for (const member of members) cluster.put('nodes', member.node.name, nodeObject(member, 'ready'));
  await until('nobody is held', async () => (await series('held_nodes')) === 0);
  assert.deepEqual((await planOf(url, 'node-1')).plan, plan);
  assert.equal(log.filter((line) => line.startsWith('Planned 3 nodes')).length, 1, log.join('\n'));
});

test('an API outside that has told nothing is given up after a while, with what it said last', async (t) => {
  const port = await unusedPort();
  const coordinator = await startCoordinator(
    {
      ...{ listen: anywhere, targets: 10, services: { all: 'a', local: 'b', port: 1 }, settleMs: 10 },
      ...{ agents: null, giveUpMs: 300 },
    },
    openKubernetes({ from: 'url', url: new URL(`http://127.0.0.1:${port}`) }, 'netdebug-mesh', service),
    () => undefined,
  );
  t.after(() => coordinator.stop());
  await assert.rejects(coordinator.ended, {
    name: 'Problem',
    kind: 'missing',
    message:
      /^The Kubernetes API at http:\S+ has told nothing within 0\.3 s \(connect ECONNREFUSED .*\); see that it runs/,
  });
});

test('an API that was read once is not given up', async (t) => {
  const { cluster, apiUrl } = await api(t);
  const coordinator = await startCoordinator(
    {
      ...{ listen: anywhere, targets: 10, services: { all: 'a', local: 'b', port: 1 }, settleMs: 10 },
      ...{ agents: null, giveUpMs: 300 },
    },
    openKubernetes({ from: 'url', url: apiUrl }, 'netdebug-mesh', service),
    () => undefined,
  );
  t.after(() => coordinator.stop());
  const url = `http://127.0.0.1:${coordinator.local.port}`;
  await until('it has a plan', async () => (await fetch(`${url}/readyz`)).ok);
  await cluster.close();
  const first = await Promise.race([
    coordinator.ended.then(
      () => 'ended',
      () => 'ended',
    ),
    new Promise((resolve) => setTimeout(() => resolve('goes on'), 600)),
  ]);
  assert.equal(first, 'goes on');
});

test('the coverage is made once for all who ask together, however many, and few take it at a time', async () => {
  let made = 0;
  const assignment = assign([meshNode(1), meshNode(2)], 10);
  const board = { assignment: () => ((made += 1), assignment), ageSeconds: () => 1, version: () => 1 };
  const pollers = { isPolling: () => false, arrivals: () => 0 };
  const send = createCoverageAnswer(
    board as unknown as PlanBoard,
    pollers as unknown as Poller,
    () => true,
    // All of it within one second.
    () => 0,
  );
  const sent = { json: 0, busy: 0 };
  const log: string[] = [];
  const http = await startHttp({
    ...{ listen: anywhere, log: (line: string) => log.push(line), limits: { connectionsPerAddress: 1_000 } },
    metrics: { contentType: '', text: () => Promise.resolve('') },
    readiness: () => ({ ready: true, sentence: 'ok' }),
    routes: (request, response) => send(request, response),
  });
  try {
    await Promise.all(
      Array.from({ length: 200 }, async () => {
        const response = await fetch(`http://127.0.0.1:${http.local.port}/v1/coverage`);
        await response.text();
        if (response.status === 200) sent.json += 1;
        else sent.busy += response.headers.get('retry-after') === '1' ? 1 : 0;
      }),
    );
  } finally {
    await http.close();
  }
  assert.deepEqual([made, log], [1, []]);
  assert.equal(sent.json + sent.busy, 200);
  assert.ok(sent.json >= 4, JSON.stringify(sent));
});
