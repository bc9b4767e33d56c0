// What addresses are called, by an API whose every answer the test writes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApiFailure } from '../../src/kubernetes/api-failure.ts';
import { openNames } from '../../src/kubernetes/cluster-names.ts';
import { json, scriptedApi, type Answer } from './scripted-api.ts';

const list = (items: readonly unknown[], next = ''): Answer =>
  json(200, { metadata: { resourceVersion: '7', continue: next }, items });
const node = (name: string, address: string, bootID: string) => ({
  metadata: { name },
  status: {
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    nodeInfo: { bootID },
  },
});
const pod = (
  name: string,
  uid: string,
  ip: string,
  more: { spec?: object; phase?: string; hash?: string } = {},
) => ({
  metadata: {
    ...{ name, namespace: 'shop', uid },
    annotations: more.hash === undefined ? {} : { 'kubernetes.io/config.hash': more.hash },
  },
  spec: more.spec ?? {},
  status: { phase: more.phase ?? 'Running', podIPs: [{ ip }, { ip: `fd00::${uid}` }] },
});
const service = (name: string, ...clusterIPs: string[]) => ({
  metadata: { name, namespace: 'shop' },
  spec: { clusterIPs },
});

const nodes = list([node('node-1', '10.128.0.11', 'boot-1'), node('node-2', '10.128.0.12', 'boot-2')]);
const here = { bootId: 'boot-2', addresses: ['10.44.1.1', '10.128.0.12'] };

describe('the names of addresses', () => {
  it('are those of nodes, Services and pods that have them now', async (t) => {
    const gone = pod('job', '3', '10.44.1.30', { phase: 'Succeeded' });
    const onHost = pod('proxy', '4', '10.128.0.12', { spec: { hostNetwork: true }, hash: 'abc' });
    const ours = [pod('a', '1', '10.44.1.10'), gone, onHost];
    const api = await scriptedApi(t, [
      nodes,
      list(ours),
      list(ours, 'more'),
      list([pod('b', '2', '10.44.0.10'), { metadata: {} }]),
      list([service('web', '10.96.0.10'), service('headless', 'None')]),
    ]);
    const found = await openNames({ from: 'url', url: api.url }, { pageSize: 3 }).read(here);
    assert.deepEqual(
      found?.addresses.map(({ kind, name, address }) => `${address} ${kind} ${name}`),
      [
        '10.128.0.11 node node-1',
        '10.128.0.12 node node-2',
        '10.96.0.10 service shop/web',
        '10.44.1.10 pod shop/a',
        'fd00::1 pod shop/a',
        '10.44.0.10 pod shop/b',
        'fd00::2 pod shop/b',
      ],
    );
    // Processes of a static pod have the hash of its manifest.
    assert.deepEqual(
      found.pods.map(({ uid, name }) => `${uid} ${name}`),
      ['1 shop/a', '3 shop/job', '4 shop/proxy', 'abc shop/proxy', '2 shop/b'],
    );
    assert.equal(found.leftOut, false);
    assert.deepEqual(api.asked, [
      '/api/v1/nodes?limit=3',
      '/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-2&limit=3',
      '/api/v1/pods?limit=3',
      '/api/v1/pods?limit=3&continue=more',
      '/api/v1/services?limit=3',
    ]);
  });

  it('are none of a cluster that this machine is no node of, though its addresses are the same', async (t) => {
    for (const machine of [
      { ...here, bootId: 'another' },
      // Nodes of one kernel have one boot id.
      { ...here, addresses: ['10.128.0.99'] },
    ]) {
      const api = await scriptedApi(t, [nodes]);
      assert.equal(await openNames({ from: 'url', url: api.url }).read(machine), undefined);
      assert.equal(api.asked.length, 1);
    }
  });

  it("are those of the own node's pods alone in a large cluster, which is said", async (t) => {
    const api = await scriptedApi(t, [nodes, list([pod('a', '1', '10.44.1.10')]), list([])]);
    const found = await openNames({ from: 'url', url: api.url }, { mostNodes: 1 }).read(here);
    assert.equal(found?.leftOut, true);
    assert.deepEqual(
      found.pods.map(({ name }) => name),
      ['shop/a'],
    );
    assert.equal(api.asked.length, 3);
  });

  it('cost a large cluster one node, its pods and some Services, by the name that the node is said to have', async (t) => {
    const many = json(200, {
      metadata: { resourceVersion: '7', continue: 'more', remainingItemCount: 4_999 },
      items: [node('node-1', '10.128.0.11', 'boot-1')],
    });
    const api = await scriptedApi(t, [
      many,
      list([node('node-2', '10.128.0.12', 'boot-2')]),
      list([pod('a', '1', '10.44.1.10')]),
      list([service('web', '10.96.0.10'), service('db', '10.96.0.11')], 'more'),
    ]);
    const names = openNames({ from: 'url', url: api.url }, { pageSize: 2, mostServices: 2 });
    const found = await names.read({ ...here, nodeName: 'node-2' });
    assert.deepEqual([found?.leftOut, found?.nodeCount], [true, 5_000]);
    assert.deepEqual(
      found?.addresses.map(({ name }) => name),
      ['node-2', 'shop/web', 'shop/db', 'shop/a', 'shop/a'],
    );
    assert.deepEqual(api.asked, [
      '/api/v1/nodes?limit=1',
      '/api/v1/nodes?fieldSelector=metadata.name%3Dnode-2&limit=2',
      '/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-2&limit=2',
      '/api/v1/services?limit=2',
    ]);
  });

  it('are all of a small cluster, and found by its boot id where it is called otherwise', async (t) => {
    const one = json(200, {
      metadata: { resourceVersion: '7', continue: 'more', remainingItemCount: 1 },
      items: [node('node-1', '10.128.0.11', 'boot-1')],
    });
    const api = await scriptedApi(t, [one, nodes, list([]), list([]), list([])]);
    const found = await openNames({ from: 'url', url: api.url }).read({ ...here, nodeName: 'my-host' });
    assert.deepEqual([found?.leftOut, found?.nodeCount], [false, 2]);
    const unnamed = json(200, { metadata: { resourceVersion: '7', continue: 'more' }, items: [{}] });
    const large = await scriptedApi(t, [unnamed, list([]), nodes, list([]), list([]), list([])]);
    const names = openNames({ from: 'url', url: large.url }, { mostNodes: 1 });
    const other = await names.read({ ...here, nodeName: 'my-host' });
    assert.deepEqual([other?.leftOut, other?.nodeCount], [true, 2]);
  });

  it("are refused in the API's own words", async (t) => {
    const api = await scriptedApi(t, [
      json(403, { kind: 'Status', code: 403, message: 'nodes is forbidden' }),
    ]);
    await assert.rejects(openNames({ from: 'url', url: api.url }).read(here), (error: unknown) => {
      assert.ok(error instanceof ApiFailure);
      assert.equal(error.message, 'nodes is forbidden');
      return true;
    });
  });
});
