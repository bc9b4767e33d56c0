import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createPodNames } from '../../../src/observe/names/pod-names.ts';

const uid = '2c48913c-b29f-11e7-9350-020968147796';
const id = '7aa84c5e3b1d6f0e9c8b7a695847362514233241506f7e8d9cabb0c1d2e3f405';
const of = (podUid: string | null, containerId: string | null = null) => ({ podUid, containerId });

async function newRoot(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'netdebug-root-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return root;
}

async function newNode(
  t: TestContext,
  pods: readonly string[],
  containers: readonly string[] = [],
): Promise<string> {
  const root = await newRoot(t);
  for (const folder of ['pods', 'containers'])
    await mkdir(join(root, 'var/log', folder), { recursive: true });
  for (const pod of pods) await mkdir(join(root, 'var/log/pods', pod));
  // As the kubelet makes them; where they lead to is not looked at.
  for (const name of containers) await symlink('/nowhere', join(root, 'var/log/containers', name));
  return root;
}

describe('the names of pods on a node', () => {
  it('are those of their folders, of static pods, too', async (t) => {
    const hash = '0123456789abcdef0123456789abcdef';
    const root = await newNode(t, [
      `shop_checkout-7d9f.1_${uid}`,
      `kube-system_etcd-node-1_${hash}`,
      'lost+found',
    ]);
    const names = createPodNames([root]);
    assert.equal(names.of(of(uid)).pod, 'shop/checkout-7d9f.1');
    assert.equal(names.of(of(hash)).pod, 'kube-system/etcd-node-1');
    assert.equal(names.blindness(), null);
  });

  it("are those of a container's link where the cgroup has no pod, and the container has its own there", async (t) => {
    const root = await newNode(t, [], [`checkout-7d9f_shop_web-server-${id}.log`]);
    assert.deepEqual(createPodNames([root]).of(of(null, id)), {
      pod: 'shop/checkout-7d9f',
      container: 'web-server',
    });
  });

  it('are unknown of a pod that has none there; its container is called by the beginning of its id', async (t) => {
    const root = await newNode(t, []);
    assert.deepEqual(createPodNames([root]).of(of(uid, id)), { pod: null, container: '7aa84c5e3b1d' });
    assert.deepEqual(createPodNames([root]).of(of(null)), { pod: null, container: null });
  });

  it('are looked for again when a pod is new, but not all the time', async (t) => {
    const root = await newNode(t, []);
    let now = 0;
    const names = createPodNames([root], () => now);
    assert.equal(names.of(of(uid)).pod, null);
    await mkdir(join(root, `var/log/pods/shop_new_${uid}`));
    now = 1_000;
    assert.equal(names.of(of(uid)).pod, null);
    now = 3_000;
    assert.equal(names.of(of(uid)).pod, 'shop/new');
    // A pod that is gone keeps its name: its sockets end after it.
    await rm(join(root, 'var/log/pods'), { recursive: true });
    now = 9_000;
    assert.equal(names.of(of(uid)).pod, 'shop/new');
  });

  it("are found where the node's files are, in a container by its first process", async (t) => {
    const root = await newNode(t, [`shop_a_${uid}`]);
    assert.equal(createPodNames(['/nowhere', root]).of(of(uid)).pod, 'shop/a');
  });

  it('are learnt where the node does not tell; that is said in a sentence', async (t) => {
    const names = createPodNames([await newRoot(t)]);
    assert.match(names.blindness() ?? '', /\/var\/log\/pods/);
    names.learn(uid, 'shop/a');
    assert.equal(names.of(of(uid)).pod, 'shop/a');
    assert.equal(names.blindness(), null);
  });
});
