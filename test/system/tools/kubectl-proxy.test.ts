// The real `kubectl proxy` in front of the tests' API server: what the coordinator goes through outside a pod.
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openKubernetes } from '../../../src/kubernetes/api.ts';
import { findTool } from '../../../src/system/find-tool.ts';
import { startKubectlProxy } from '../../../src/system/tools/kubectl-proxy.ts';
import { runProgram } from '../../cli/running-program.ts';
import { startApiServer } from '../../fixtures/api-server/server.ts';
import { until } from '../../probe/recording.ts';
import { proxiesOn } from './running-proxies.ts';

const skip = findTool('kubectl') === undefined ? 'kubectl is not installed' : false;

async function cluster(t: TestContext) {
  const api = await startApiServer({ nodes: ['node-1', 'node-2'] });
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-kubeconfig-'));
  t.after(async () => {
    await api.close();
    await rm(folder, { recursive: true, force: true });
  });
  const kubeconfig = join(folder, 'config');
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
    clusters: [{ name: 'c', cluster: { server: api.url } }],
    users: [{ name: 'c', user: { token: 'secret' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  return { api, kubeconfig };
}

test(
  'lists through kubectl, on a socket that is ours alone, and leaves nothing behind',
  { skip },
  async (t) => {
    const { kubeconfig } = await cluster(t);
    const proxy = await startKubectlProxy({ kubeconfig }, () => undefined);
    t.after(() => proxy.stop());
    assert.equal(statSync(dirname(proxy.socket)).mode & 0o777, 0o700);
    const { nodes } = openKubernetes({ from: 'socket', socket: proxy.socket }, 'netdebug-mesh', 'servers');
    assert.equal((await nodes.list(undefined)).objects.length, 2);
    await proxy.stop();
    assert.deepEqual([existsSync(dirname(proxy.socket)), proxiesOn(proxy.socket)], [false, []]);
  },
);

test('a proxy that ends is started again, and that is said', { skip }, async (t) => {
  const { kubeconfig } = await cluster(t);
  const log: string[] = [];
  const proxy = await startKubectlProxy({ kubeconfig }, (line) => log.push(line));
  t.after(() => proxy.stop());
  const [first = ''] = proxiesOn(proxy.socket);
  process.kill(Number(first), 'SIGKILL');
  await until('it is said', () => log.length > 0);
  assert.match(log[0] ?? '', /^kubectl proxy ended \(.+\); starting it again\.$/);
  await until('another one is there', () => proxiesOn(proxy.socket).some((pid) => pid !== first));
  const { nodes } = openKubernetes({ from: 'socket', socket: proxy.socket }, 'netdebug-mesh', 'servers');
  let objects = 0;
  for (let tries = 0; tries < 200 && objects === 0; tries++) {
    objects = await nodes.list(undefined).then(
      (page) => page.objects.length,
      () => new Promise<number>((resolve) => setTimeout(() => resolve(0), 50)),
    );
  }
  assert.equal(objects, 2);
});

test('a context that there is not is said before anything is started', { skip }, async (t) => {
  const { kubeconfig } = await cluster(t);
  await assert.rejects(
    startKubectlProxy({ kubeconfig, context: 'other' }, () => undefined),
    {
      name: 'Problem',
      kind: 'missing',
      message: /^kubectl knows no cluster to talk to; .*context "other" does not exist/,
    },
  );
});

for (const [how, signal] of [
  ['is told to end', 'SIGTERM'],
  ['is killed', 'SIGKILL'],
] as const) {
  test(`a coordinator that ${how} takes its proxy and the folder with it`, { skip }, async (t) => {
    const { kubeconfig, api } = await cluster(t);
    const program = runProgram(
      t,
      ...['mesh', 'coordinator', '--kubeconfig', kubeconfig, '--listen', '127.0.0.1:0'],
    );
    const socketIn = () => /follows (\/.*\/api\.sock)\./.exec(program.stderr())?.[1] ?? '';
    await until('it follows the API', () => socketIn() !== '' || program.child.exitCode !== null);
    const socket = socketIn();
    assert.notEqual(socket, '', program.stderr());
    await until('it has asked', () => api.requests.includes('GET /api/v1/nodes'));
    assert.equal(proxiesOn(socket).length, 1);
    program.child.kill(signal);
    await until('the proxy is gone', () => proxiesOn(socket).length === 0);
    await until('the folder is gone', () => !existsSync(dirname(socket)));
    if (signal === 'SIGTERM') assert.equal(await program.exit(), 0);
  });
}
