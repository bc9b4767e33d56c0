// The coordinator against an API that lists and watches, and an agent against the coordinator, all on this machine's loopback.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { startClusterApi } from '../../src/lab/mesh/cluster-api.ts';
import { nodeObject, sliceObject } from '../../src/lab/mesh/cluster-objects.ts';
import { countsIn } from '../../src/lab/mesh/counts.ts';
import { readSeries } from '../../src/lab/mesh/series.ts';
import { meshTopology } from '../../src/lab/topologies/mesh.ts';
import { startAgent } from '../../src/mesh/agent/agent.ts';
import { startCoordinator } from '../../src/mesh/coordinator/coordinator.ts';
import { openKubernetes } from '../../src/kubernetes/api.ts';
import { startMeshServer } from '../../src/mesh/mesh-server.ts';
import { systemClock } from '../../src/model/clock.ts';
import { meshPlanSchema } from '../../src/model/mesh-plan.ts';
import { parseEndpoint } from '../../src/model/endpoint.ts';
import { startServer } from '../../src/probe/server.ts';

const service = 'netdebug-mesh-server';
const anywhere = { address: '127.0.0.1', port: 0 };
const quiet = { clock: systemClock(), loopDelayMs: () => 0, log: () => undefined };

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 400; looks++) {
    if (await holds()) return;
    await sleep(25);
  }
  assert.fail(`not within ten seconds: ${what}`);
}

/** An API with three nodes, whose servers are at the given place. */
async function api(t: TestContext, { port = 9, count = 3 } = {}) {
  const cluster = await startClusterApi(0);
  const { members } = meshTopology(count);
  const local = members.map((member, index) => ({
    ...member,
    server: { ...member.server, address: `127.0.0.${index + 1}` },
  }));
  for (const member of local) cluster.put('nodes', member.node.name, nodeObject(member, 'ready'));
  const slice = sliceObject('slice-1', service, local, new Set()) as { ports: { port: number }[] };
  cluster.put('endpointslices', 'slice-1', { ...slice, ports: [{ port }] });
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-mesh-'));
  t.after(async () => {
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { cluster, members: local, apiUrl: new URL(`http://127.0.0.1:${cluster.port}`), folder };
}

async function coordinate(t: TestContext, apiUrl: URL, port = 9) {
  const log: string[] = [];
  const coordinator = await startCoordinator(
    { listen: anywhere, targets: 10, services: { all: '127.0.0.1', local: '127.0.0.1', port }, settleMs: 20 },
    openKubernetes({ from: 'url', url: apiUrl }, 'netdebug-mesh', service),
    (line) => log.push(line),
  );
  t.after(() => coordinator.stop());
  const url = `http://127.0.0.1:${coordinator.local.port}`;
  await until('it has a plan', async () => (await fetch(`${url}/readyz`)).ok);
  return { coordinator, url, log };
}

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
  assert.deepEqual((await coverage()).now.uncovered, []);
});

test('while the API is away the last plan is served, and the coordinator says so', async (t) => {
  const { cluster, apiUrl } = await api(t);
  const { url, log } = await coordinate(t, apiUrl);
  const { plan } = await planOf(url, 'node-1');
  await cluster.close();
  await until('it is said', () => log.some((line) => line.includes('does not tell us of')));
  assert.deepEqual((await planOf(url, 'node-1')).plan, plan);
  const ready = await fetch(`${url}/readyz`);
  assert.deepEqual([ready.status, /stale/.test(await ready.text())], [200, true]);
  const series = readSeries(await (await fetch(`${url}/metrics`)).text());
  assert.equal(series.find(({ name }) => name === 'netdebug_mesh_coordinator_synced')?.value, 0);
});

test('an agent holds what its plan wants, leaves out what a server said before it left, and goes on without the coordinator', async (t) => {
  const server = await startMeshServer({ serve: anywhere, listen: anywhere, node: 'node-1' }, quiet);
  const port = parseEndpoint(server.local)?.port ?? 0;
  const { apiUrl, folder } = await api(t, { port, count: 1 });
  const { url, coordinator } = await coordinate(t, apiUrl, port);
  const settings = {
    ...{ coordinator: url, node: 'node-1', listen: anywhere, periodMs: 50, timeoutMs: 1_000, holdMs: 200 },
    ...{ pairSeries: true, planFile: join(folder, 'plan.json'), version: 'test' },
  };
  const log: string[] = [];
  const agent = await startAgent(settings, (line) => log.push(line));
  t.after(() => agent.stop());
  const metrics = async (of = agent) => (await fetch(`http://127.0.0.1:${of.local.port}/metrics`)).text();
  const value = async (name: string, of = agent) =>
    readSeries(await metrics(of))
      .filter((series) => series.name === `netdebug_mesh_${name}`)
      .reduce((sum, series) => sum + series.value, 0);
  await until('both paths are open', async () => (await value('connections')) === 2);
  await until('probes are answered', async () => (await value('probes_total')) > 10);
  assert.equal((await fetch(`http://127.0.0.1:${agent.local.port}/readyz`)).status, 200);
  assert.ok((await value('connection_seconds_total')) > 0);

  await coordinator.stop();
  await until('it says that the coordinator is away', () =>
    log.some((line) => line.includes('going on with the last one')),
  );
  const before = await value('probes_total');
  await until('it goes on', async () => (await value('probes_total')) > before + 10);
  const second = await startAgent(settings, () => undefined);
  t.after(() => second.stop());
  await until('a second one goes by the plan file', async () => (await value('connections', second)) === 2);

  await server.stop();
  await until(
    'the failures are left out',
    async () => (countsIn(await metrics()).excluded['own-rollout'] ?? 0) >= 2,
  );
  assert.deepEqual(countsIn(await metrics()).resets, {});
  assert.ok((await value('loop_delay_seconds_count')) > 0);
});

test('an agent counts the resets that nothing explains, as episodes too, and stays below 200 series', async (t) => {
  const misbehaviour = { closeEveryMs: 400, closeWith: 'reset' } as const;
  const server = await startServer(
    { listen: anywhere, deadlineMs: 60_000, maxLine: 1_000, misbehaviour },
    { ...quiet, congested: () => false },
  );
  t.after(() => server.stop());
  const port = parseEndpoint(server.local)?.port ?? 0;
  const { apiUrl } = await api(t, { port, count: 1 });
  const { url } = await coordinate(t, apiUrl, port);
  const agent = await startAgent(
    {
      coordinator: url,
      node: 'node-1',
      listen: anywhere,
      periodMs: 50,
      timeoutMs: 1_000,
      holdMs: 100,
      pairSeries: false,
      version: 'test',
    },
    () => undefined,
  );
  t.after(() => agent.stop());
  const text = async () => (await fetch(`http://127.0.0.1:${agent.local.port}/metrics`)).text();
  await until('three resets of each path are counted', async () => {
    const { resets } = countsIn(await text());
    return (resets['same-node service'] ?? 0) >= 3 && (resets['same-node pod-ip'] ?? 0) >= 3;
  });
  const series = readSeries(await text());
  const sum = (name: string) =>
    series.filter((one) => one.name === `netdebug_mesh_${name}`).reduce((total, one) => total + one.value, 0);
  assert.ok(sum('episodes_total') >= 4 && sum('episodes_total') <= sum('resets_total'));
  assert.ok(
    series.filter(({ name }) => name.startsWith('netdebug_mesh_')).length < 200,
    `${series.length} series`,
  );
  assert.equal(series.filter(({ name }) => name.includes('pair')).length, 0);
});
