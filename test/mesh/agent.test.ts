// An agent against the coordinator, on this machine's loopback: what it holds, what it counts, and what it leaves out.
import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { countsIn } from '../../src/lab/mesh/counts.ts';
import { readSeries } from '../../src/lab/mesh/series.ts';
import { startAgent } from '../../src/mesh/agent/agent.ts';
import { startMeshServer } from '../../src/mesh/mesh-server.ts';
import { exclusionCauses } from '../../src/model/mesh-plan.ts';
import { failureKinds } from '../../src/model/probe-event.ts';
import { parseEndpoint } from '../../src/model/endpoint.ts';
import { startServer } from '../../src/probe/server.ts';
import { unusedPort } from '../probe/loopback.ts';
import { anywhere, api, coordinate, onLoopback, quiet, until } from './running-coordinator.ts';

test('an agent holds what its plan wants, leaves out what a server said before it left, and goes on without the coordinator', async (t) => {
  const server = await startMeshServer({ serve: anywhere, listen: anywhere, node: 'node-1' }, quiet);
  const port = parseEndpoint(server.local)?.port ?? 0;
  const { apiUrl, folder } = await api(t, { port, count: 1 });
  const { url, coordinator } = await coordinate(t, apiUrl, port);
  const settings = {
    ...{ coordinator: url, node: 'node-1', listen: anywhere, periodMs: 50, timeoutMs: 1_000, holdMs: 200 },
    ...onLoopback(port),
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

/** Answers like a server, from all of 127.0.0.0/8, until it is muted: then it takes everything and says nothing. */
async function mutable(t: TestContext) {
  const sockets = new Set<Socket>();
  let muted: (local: string) => boolean = () => false;
  const server = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      if (!muted(socket.localAddress ?? '')) socket.write(`You said: ${chunk.toString()}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === 'object');
  return { port: bound.port, mute: (which: (local: string) => boolean) => void (muted = which) };
}

/** An agent on node-1 of three, all of whose connections have had an answer. */
async function agentOfThree(t: TestContext) {
  const peers = await mutable(t);
  const { apiUrl } = await api(t, { port: peers.port });
  const { url, coordinator } = await coordinate(t, apiUrl, peers.port);
  const agent = await startAgent(
    {
      ...{ coordinator: url, node: 'node-1', listen: anywhere, periodMs: 50, timeoutMs: 1_000 },
      ...onLoopback(peers.port),
      ...{ holdMs: 3_000, pairSeries: false, version: 'test' },
    },
    () => undefined,
  );
  t.after(() => agent.stop());
  const text = async () => (await fetch(`http://127.0.0.1:${agent.local.port}/metrics`)).text();
  const sum = async (name: string, labels: Readonly<Record<string, string>> = {}) =>
    readSeries(await text())
      .filter((one) => one.name === `netdebug_mesh_${name}`)
      .filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))
      .reduce((total, { value }) => total + value, 0);
  await until('all are open', async () => (await sum('connections')) === 6);
  await until('all were answered', async () => (await sum('unanswered_connections')) === 0);
  const restart = () => coordinate(t, apiUrl, peers.port, coordinator.local);
  return { peers, coordinator, restart, text, sum };
}

/** Of the plan's six connections, node-1's own two are at 127.0.0.1; so is, on loopback, the Service. */
const elsewhere = (local: string) => local !== '127.0.0.1';

test('an agent that is cut off, from all others and from the coordinator, counts none of its timeouts', async (t) => {
  const { peers, coordinator, sum } = await agentOfThree(t);
  peers.mute(() => true);
  await coordinator.stop();
  await until(
    'they are left out',
    async () => (await sum('excluded_total', { cause: 'own-isolation' })) >= 2,
  );
  assert.equal(await sum('probes_total', { outcome: 'timeout' }), 0);
});

test('timeouts of all others count while the coordinator answers', async (t) => {
  const { peers, sum } = await agentOfThree(t);
  peers.mute(() => true);
  await until('they are counted', async () => (await sum('probes_total', { outcome: 'timeout' })) >= 2);
  assert.equal(await sum('excluded_total'), 0);
});

test('while only the coordinator is away, a peer that is silent is no isolation: its failures wait, and count when it is back', async (t) => {
  const { peers, coordinator, restart, sum } = await agentOfThree(t);
  await coordinator.stop();
  peers.mute((local) => elsewhere(local) && local.endsWith('.3'));
  const answers = await sum('probes_total', { outcome: 'answered' });
  await until(
    'the others go on',
    async () => (await sum('probes_total', { outcome: 'answered' })) > answers + 200,
  );
  assert.equal(await sum('probes_total', { outcome: 'timeout' }), 0);
  await restart();
  await until('it is counted', async () => (await sum('probes_total', { outcome: 'timeout' })) > 0);
  assert.equal(await sum('excluded_total', { cause: 'own-isolation' }), 0);
});

test('refusals before the first answer are left out, and a connection that never has one is said', async (t) => {
  const port = await unusedPort();
  const { apiUrl } = await api(t, { port, count: 1 });
  const { url } = await coordinate(t, apiUrl, port);
  const agent = await startAgent(
    {
      ...{ coordinator: url, node: 'node-1', listen: anywhere, periodMs: 50, timeoutMs: 1_000 },
      ...onLoopback(port),
      ...{ holdMs: 100, pairSeries: false, version: 'test' },
    },
    () => undefined,
  );
  t.after(() => agent.stop());
  const series = async () =>
    readSeries(await (await fetch(`http://127.0.0.1:${agent.local.port}/metrics`)).text());
  const sum = async (name: string) =>
    (await series())
      .filter((one) => one.name === `netdebug_mesh_${name}`)
      .reduce((total, { value }) => total + value, 0);
  await until('refusals are left out', async () =>
    (await series()).some(({ labels, value }) => labels['cause'] === 'before-first-answer' && value > 0),
  );
  assert.deepEqual([await sum('probes_total'), await sum('unanswered_connections')], [0, 2]);
  const server = await startMeshServer(
    { serve: { address: '127.0.0.1', port }, listen: anywhere, node: 'node-1' },
    quiet,
  );
  t.after(() => server.stop());
  await until('all are answered', async () => (await sum('unanswered_connections')) === 0);
});

test('every counter of a planned route is there at 0 from the first scrape on', async (t) => {
  const { text } = await agentOfThree(t);
  const series = readSeries(await text());
  const routes = [
    ...['same-node service', 'same-node pod-ip', 'cross-zone pod-ip', 'cross-zone service'],
    'same-zone service',
  ];
  for (const route of routes) {
    const [meshClass, path] = route.split(' ');
    const of = (name: string) =>
      series.filter(
        ({ name: full, labels }) =>
          full === `netdebug_mesh_${name}` && labels['class'] === meshClass && labels['path'] === path,
      );
    assert.deepEqual(
      of('probes_total').map(({ labels }) => labels['outcome']),
      ['answered', ...failureKinds],
      route,
    );
    const excluded = of('excluded_total');
    assert.deepEqual(
      excluded.map(({ labels }) => labels['cause']),
      [...exclusionCauses],
    );
    assert.ok(excluded.every(({ value }) => value === 0));
    for (const name of ['resets_total', 'episodes_total', 'connection_seconds_total', 'answer_seconds_count'])
      assert.equal(of(name).length, 1, `${name} of ${route}`);
  }
});

test('an agent that never had a plan does not say that it goes on with the last one', async (t) => {
  const log: string[] = [];
  const agent = await startAgent(
    {
      ...{ coordinator: `http://127.0.0.1:${await unusedPort()}`, node: 'node-1', listen: anywhere },
      ...onLoopback(8_080),
      ...{ periodMs: 50, timeoutMs: 1_000, holdMs: 100, pairSeries: false, version: 'test' },
    },
    (line) => log.push(line),
  );
  t.after(() => agent.stop());
  await until('it says something', () => log.length > 0);
  assert.match(
    log[0] ?? '',
    /gives no plan \(.*\); there is none yet, so nothing is probed; trying again\.$/,
  );
});

test('an agent counts the resets that nothing explains, as episodes too, and stays below 230 series', async (t) => {
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
      ...onLoopback(port),
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
    series.filter(({ name }) => name.startsWith('netdebug_mesh_')).length < 230,
    `${series.length} series`,
  );
  assert.equal(series.filter(({ name }) => name.includes('pair')).length, 0);
});
