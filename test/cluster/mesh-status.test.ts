// `mesh status`: what the coordinator says, through kubectl and the API's proxy, through a pod when the Service has none, and directly.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { nodeObject } from '../../src/lab/mesh/cluster-objects.ts';
import { meshCoverageSchema } from '../../src/model/mesh-coverage.ts';
import { api, coordinate, until } from '../mesh/running-coordinator.ts';
import { mainScript } from '../program.ts';
import { kubectlSkip, underTest } from './against-fixture.ts';

const name = 'http:netdebug-mesh-coordinator:9465';

async function status(env: Readonly<Record<string, string>>, ...words: readonly string[]) {
  const child = spawn(process.execPath, [mainScript, 'mesh', 'status', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}

const ask = async (url: string, nodes: readonly string[]) => {
  for (const node of nodes) await (await fetch(`${url}/v1/plan/${node}`)).text();
};

test('a mesh whose coverage is whole, one that misses an agent, and one of which nothing is planned', async (t) => {
  const { cluster, members, apiUrl } = await api(t);
  const { url } = await coordinate(t, apiUrl);
  await ask(url, ['node-1', 'node-2']);
  const missing = await status({}, '--coordinator', url);
  assert.equal(missing.exitCode, 1, missing.stderr);
  assert.match(missing.stdout, /^Coverage is not whole: 1 agent is missing\.\n/);
  assert.match(missing.stdout, /\nnode-3 +no agent +it does not ask for its plan/);
  assert.match(
    missing.stdout,
    /See the agents: kubectl -n netdebug-mesh get pods -o wide -l component=agent/,
  );

  await ask(url, ['node-3']);
  const whole = await status({}, '--coordinator', url);
  assert.equal(whole.exitCode, 0, whole.stderr);
  assert.match(
    whole.stdout,
    /^Coverage is whole\.\nnodes +3 planned, 0 left out, 0 held against the API; the plan is \S+ old\n/,
  );
  assert.match(whole.stdout, /\nprobed +3 of 3, each by 2 to 2 others/);

  const [, second] = members;
  assert.ok(second !== undefined);
  cluster.put('nodes', 'node-2', nodeObject(second, 'cordoned'));
  await until('it is left out', async () =>
    (await (await fetch(`${url}/v1/coverage`)).text()).includes('cordoned'),
  );
  const cordoned = await status({}, '--coordinator', url);
  assert.equal(cordoned.exitCode, 0, cordoned.stdout);
  assert.match(cordoned.stdout, /\nnode-2 +left out +node-cordoned\n/);

  for (const member of members) cluster.put('nodes', member.node.name, nodeObject(member, 'cordoned'));
  await until('all are left out', async () =>
    /"planned":0/.test(await (await fetch(`${url}/v1/coverage`)).text()),
  );
  const nothing = await status({}, '--coordinator', url);
  assert.equal(nothing.exitCode, 1);
  assert.match(nothing.stdout, /^Coverage is not whole: none of 3 nodes is watched\./);
});

test('nodes that are held against the API are said, each with what the API says', async (t) => {
  const { cluster, members, apiUrl } = await api(t);
  const { url } = await coordinate(t, apiUrl);
  await ask(url, ['node-1', 'node-2', 'node-3']);
  for (const member of members) cluster.put('nodes', member.node.name, nodeObject(member, 'not-ready'));
  await until('they are held', async () =>
    /"held":\[\{/.test(await (await fetch(`${url}/v1/coverage`)).text()),
  );
  const { exitCode, stdout } = await status({}, '--coordinator', url);
  assert.equal(exitCode, 1);
  assert.match(
    stdout,
    /^Coverage is not whole: 3 nodes are called not ready by an API that is not believed\./,
  );
  assert.match(stdout, /\nnode-1 +held +the API says node-not-ready, as of most nodes at once\n/);
});

test('a coordinator that is not there, or is something else, is a sentence and 69', async (t) => {
  const nobody = await status({}, '--coordinator', 'http://127.0.0.1:9');
  assert.equal(nobody.exitCode, 69);
  assert.match(nobody.stderr, /^netdebug: The coordinator at http:\/\/127\.0\.0\.1:9 does not answer \(/);
  const { cluster } = await api(t);
  const other = await status({}, '--coordinator', `http://127.0.0.1:${cluster.port}`);
  assert.equal(other.exitCode, 69, other.stdout);
});

test(
  'through kubectl: by the Service, and by the pod when the Service has none that is ready',
  { skip: kubectlSkip },
  async (t) => {
    const { apiUrl } = await api(t);
    const { url } = await coordinate(t, apiUrl);
    await ask(url, ['node-1', 'node-2', 'node-3']);
    const byService = await underTest(t, { proxied: { [`services/${name}`]: url } });
    const asked = await status({ KUBECONFIG: byService.kubeconfig }, '--json', '--namespace', 'monitoring');
    assert.equal(asked.exitCode, 0, asked.stderr);
    assert.equal(meshCoverageSchema.parse(JSON.parse(asked.stdout)).plan.planned, 3);
    assert.deepEqual(
      byService.fixture.requests.filter((one) => one.includes('/proxy/')),
      [`GET /api/v1/namespaces/monitoring/services/${name}/proxy/v1/coverage`],
    );

    const metadata = {
      name: 'c-1',
      namespace: 'netdebug-mesh',
      labels: { app: 'netdebug-mesh', component: 'coordinator' },
    };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, status: { phase: 'Running' } };
    const byPod = await underTest(t, { proxied: { 'pods/http:c-1:9465': url }, objects: [pod] });
    const found = await status({}, '--kubeconfig', byPod.kubeconfig);
    assert.equal(found.exitCode, 0, found.stderr);
  },
);

test('through kubectl: no right, and no coordinator', { skip: kubectlSkip }, async (t) => {
  const path = /\/services\/.*\/proxy/;
  const message =
    'services "http:netdebug-mesh-coordinator:9465" is forbidden: User "tester" cannot get resource "services/proxy"';
  const refusing = await underTest(t, {
    requestFaults: [{ method: 'GET', path, status: 403, times: 9, message }],
  });
  const refused = await status({ KUBECONFIG: refusing.kubeconfig });
  assert.equal(refused.exitCode, 69);
  assert.match(
    refused.stderr,
    /^netdebug: You may not ask the coordinator through the API; ask for the right to get services\/proxy in namespace netdebug-mesh/,
  );
  const empty = await underTest(t);
  const absent = await status({ KUBECONFIG: empty.kubeconfig });
  assert.equal(absent.exitCode, 69);
  assert.match(
    absent.stderr,
    /^netdebug: The coordinator does not answer in namespace netdebug-mesh; see "kubectl -n netdebug-mesh get pods/,
  );
});
