// The witness of names, told by a node of files that the test makes and by an API whose every answer it writes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../src/model/clock.ts';
import { names } from '../../../src/observe/address-names.ts';
import { createPodNames } from '../../../src/observe/names/pod-names.ts';
import type { ClusterAccess, WitnessContext } from '../../../src/observe/witness.ts';
import { json, scriptedApi, type Answer } from '../../kubernetes/scripted-api.ts';

const skip = process.platform !== 'linux' && 'needs Linux';
const uid = '2c48913c-b29f-11e7-9350-020968147796';
const other = '3d48913c-b29f-11e7-9350-020968147796';

/** A folder as /proc has one for a process with this address, in this cgroup. */
async function procOf(root: string, name: string, address: string, cgroup: string): Promise<string> {
  const proc = join(root, name);
  await mkdir(join(proc, 'net'), { recursive: true });
  await writeFile(join(proc, 'net/fib_trie'), `Local:\n     |-- ${address}\n        /32 host LOCAL\n`);
  await writeFile(join(proc, 'comm'), 'server\n');
  await writeFile(join(proc, 'cgroup'), `0::${cgroup}\n`);
  return proc;
}

/** Starts it on a node with two pods, of which the kubelet has the first; returns what it said until it was stopped. */
async function watch(t: TestContext, cluster: ClusterAccess) {
  const root = await mkdtemp(join(tmpdir(), 'netdebug-names-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, `var/log/pods/shop_checkout_${uid}`), { recursive: true });
  const pods = [
    { address: '10.44.1.10', id: 1, proc: await procOf(root, '11', '10.44.1.10', `/kubepods/pod${uid}/x`) },
    { address: '10.44.1.11', id: 2, proc: await procOf(root, '12', '10.44.1.11', `/kubepods/pod${other}/x`) },
  ];
  const told: string[] = [];
  const podNames = createPodNames([root]);
  const context = {
    ...{ node: 'here', clock: systemClock(), pace: { periodMs: 10_000, share: 1 }, podNames, cluster },
    proc: await procOf(root, '1', '10.128.0.12', '/'),
    pods: {
      find: () => pods,
      expected: new Set(),
      blindness: () => null,
      disregard: () => () => undefined,
    },
    openRaw: () => ({ write: () => undefined }),
    emit(event) {
      if (event.event === 'name') told.push(`${event.address} ${event.kind} ${event.name}`);
    },
    limited: (text) => void told.push(`limited: ${text}`),
    read: () => undefined,
  } satisfies Partial<WitnessContext>;
  const run = await names.start(context as unknown as WitnessContext);
  const end = await run.stop();
  return { told, limit: run.limit?.text ?? null, end: end.text, podNames };
}

const list = (...items: unknown[]): Answer => json(200, { metadata: { resourceVersion: '7' }, items });
const node = (bootID: string) => ({
  metadata: { name: 'gke-node-2' },
  status: { addresses: [{ type: 'InternalIP', address: '10.128.0.12' }], nodeInfo: { bootID } },
});
const pod = (name: string, podUid: string, ip: string) => ({
  metadata: { name, namespace: 'shop', uid: podUid },
  status: { phase: 'Running', podIPs: [{ ip }] },
});

describe('the names that a node tells', { skip }, () => {
  it('are its own and those of pods that the kubelet has; why there are no others is a sentence', async (t) => {
    const { told, limit, end } = await watch(t, { access: null, why: 'there is no kubeconfig' });
    assert.deepEqual(told, ['10.128.0.12 node here', '10.44.1.10 pod shop/checkout']);
    assert.equal(limit, 'Services and what is on other nodes have no names: there is no kubeconfig');
    assert.equal(end, '2 addresses have a name');
  });

  it('are told without a word about others where nobody wants any', async (t) => {
    const { told, limit } = await watch(t, { access: null, why: null });
    assert.deepEqual([told.length, limit], [2, null]);
  });

  it("are the API's where it knows the machine, each told once", async (t) => {
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const pods = list(pod('checkout', uid, '10.44.1.10'), pod('cart', other, '10.44.1.11'));
    // Asked how many there are, and then for all.
    const nodes = list(node(bootId));
    const service = { metadata: { name: 'redis', namespace: 'shop' }, spec: { clusterIPs: ['10.96.0.10'] } };
    const { url } = await scriptedApi(t, [nodes, nodes, pods, pods, list(service)]);
    const { told, limit, podNames } = await watch(t, { access: { from: 'url', url } });
    assert.deepEqual(told, [
      '10.128.0.12 node gke-node-2',
      '10.96.0.10 service shop/redis',
      '10.44.1.10 pod shop/checkout',
      '10.44.1.11 pod shop/cart',
    ]);
    assert.equal(limit, null);
    // Whose sockets are is named by it, too.
    assert.equal(podNames.of({ podUid: other, containerId: null }).pod, 'shop/cart');
  });

  it('are not those of another cluster', async (t) => {
    const { url } = await scriptedApi(t, [list(node('another boot'))]);
    const { told, limit } = await watch(t, { access: { from: 'url', url } });
    assert.deepEqual(told, ['10.128.0.12 node here', '10.44.1.10 pod shop/checkout']);
    assert.match(limit ?? '', /: this machine is no node of the cluster that the API is of$/);
  });

  it('are its own where the API refuses, which is said in its words', async (t) => {
    const { url } = await scriptedApi(t, [json(403, { code: 403, message: 'nodes is forbidden' })]);
    const { told, limit } = await watch(t, { access: { from: 'url', url } });
    assert.equal(told.length, 2);
    assert.match(limit ?? '', /: nodes is forbidden$/);
  });

  it('come without an API that does not answer, and end at once', { timeout: 20_000 }, async (t) => {
    const { url } = await scriptedApi(t, [() => undefined]);
    const before = performance.now();
    const { told, limit } = await watch(t, { access: { from: 'url', url } });
    assert.equal(told.length, 2);
    assert.match(limit ?? '', /: the API does not answer within 2 s$/);
    assert.ok(performance.now() - before < 9_000);
  });
});
