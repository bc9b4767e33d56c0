// The copy of the cluster that a coordinator keeps: it lists anew when the API has forgotten, and goes on where a watch broke off.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openKubernetes } from '../../src/kubernetes/api.ts';
import { createClusterState } from '../../src/mesh/coordinator/cluster-state.ts';
import { follow } from '../../src/mesh/coordinator/follow.ts';
import { until } from '../probe/recording.ts';
import {
  eventLine,
  gone,
  json,
  listOf,
  node,
  scriptedApi,
  type Answer,
  type ScriptedApi,
} from '../kubernetes/scripted-api.ts';

const event = (type: string, name: string, version: string) =>
  eventLine(type, { ...node(name), metadata: { ...node(name).metadata, resourceVersion: version } });

/** A watch that says this and stays open. */
const open =
  (...lines: string[]): Answer =>
  (response) => {
    response.flushHeaders();
    for (const line of lines) response.write(line);
  };

function following(t: TestContext, { url }: ScriptedApi, most?: number) {
  const state = createClusterState(() => 0, most);
  const said: string[] = [];
  const { nodes } = openKubernetes({ from: 'url', url }, 'netdebug-mesh', 'servers', { pageSize: 2 });
  const running = follow(
    nodes,
    state.nodes,
    {
      changed: () => said.push('changed'),
      failed: ({ status, message }) => said.push(`failed ${status} ${message}`),
      recovered: () => said.push('recovered'),
    },
    () => 0,
  );
  t.after(() => running.stop());
  const names = () =>
    state
      .view()
      .filter(({ leftOut }) => leftOut !== 'node-deleting')
      .map(({ name }) => name)
      .join(' ');
  return { said, names, running };
}

const paths = (api: ScriptedApi) =>
  api.asked.map((asked) => {
    const { searchParams } = new URL(asked, 'http://api');
    return searchParams.has('watch')
      ? `watch ${searchParams.get('resourceVersion') ?? ''}`
      : `list ${searchParams.get('continue') ?? ''}`.trim();
  });

test('a page that is no longer to be had begins the list anew, and what it had is not mixed in', async (t) => {
  const api = await scriptedApi(t, [
    listOf(['old', 'a'], { resourceVersion: '1', continue: 'more' }),
    gone,
    listOf(['a', 'b'], { resourceVersion: '5', continue: 'rest' }),
    listOf(['c'], { resourceVersion: '5' }),
    open(),
  ]);
  const { said, names } = following(t, api);
  await until('it watches', () => api.asked.length === 5);
  assert.deepEqual(paths(api), ['list', 'list more', 'list', 'list rest', 'watch 5']);
  assert.equal(names(), 'a b c');
  assert.deepEqual(said, ['changed'], 'an expired page is nobody’s failure');
});

const forgotten: [how: string, answer: Answer][] = [
  ['with its status', gone],
  ['in the stream', open(eventLine('ERROR', { kind: 'Status', code: 410, message: 'too old' }))],
];
for (const [how, answer] of forgotten) {
  test(`a version that the API has forgotten, which it says ${how}, is listed anew, and a node that went meanwhile is gone`, async (t) => {
    const api = await scriptedApi(t, [
      listOf(['a', 'b'], { resourceVersion: '1' }),
      answer,
      listOf(['b'], { resourceVersion: '9' }),
      open(event('ADDED', 'c', '10')),
    ]);
    const { said, names, running } = following(t, api);
    await until('the new node is known', () => names() === 'b c');
    assert.deepEqual(paths(api), ['list', 'watch 1', 'list', 'watch 9']);
    assert.deepEqual(said, ['changed', 'changed', 'changed']);
    assert.equal(running.synced(), true);
  });
}

test('an API that forgets at once, each time, is not asked without a pause', async (t) => {
  const api = await scriptedApi(t, [
    (...args) => {
      const watch = args[1].searchParams.has('watch');
      (watch ? gone : listOf(['a'], { resourceVersion: '1' }))(...args);
    },
  ]);
  following(t, api);
  await until('it has begun anew', () => api.asked.length >= 4);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(api.asked.length <= 6, `${api.asked.length} requests`);
});

test('a watch that breaks off in the middle of a line is taken up again after the last whole one', async (t) => {
  const api = await scriptedApi(t, [
    listOf(['a'], { resourceVersion: '1' }),
    (response) => response.write(`${event('ADDED', 'b', '4')}{"type":"ADDED"`, () => response.destroy()),
    open(event('ADDED', 'c', '5')),
  ]);
  const { said, names } = following(t, api);
  await until('both nodes are known', () => names() === 'a b c');
  assert.deepEqual(paths(api), ['list', 'watch 1', 'watch 4']);
  assert.deepEqual(said, ['changed', 'changed', 'failed 0 the connection broke off', 'recovered', 'changed']);
});

test('heartbeats change nothing, and a bookmark says from where to go on', async (t) => {
  const api = await scriptedApi(t, [
    listOf(['a'], { resourceVersion: '1' }),
    (response) => {
      response.write(event('MODIFIED', 'a', '4'));
      response.write(event('MODIFIED', 'a', '5'));
      response.end(eventLine('BOOKMARK', { metadata: { resourceVersion: '6' } }));
    },
    open(),
  ]);
  const { said } = following(t, api);
  await until('it watches again', () => api.asked.length === 3);
  assert.deepEqual(paths(api), ['list', 'watch 1', 'watch 6']);
  assert.deepEqual(said, ['changed'], 'a plan is made of none of it');
});

test('a list whose second page fails is begun anew, and not watched from its first', async (t) => {
  const api = await scriptedApi(t, [
    listOf(['a'], { resourceVersion: '7', continue: 'more' }),
    json(500, { kind: 'Status', message: 'etcd is away' }),
    listOf(['a'], { resourceVersion: '8', continue: 'more' }),
    listOf(['b'], { resourceVersion: '8' }),
    open(),
  ]);
  const { names } = following(t, api);
  await until('it watches', () => api.asked.length === 5);
  assert.deepEqual(paths(api), ['list', 'list more', 'list', 'list more', 'watch 8']);
  assert.equal(names(), 'a b');
});

test('an API that tells of more than any cluster has is not taken in, in a list or a watch, and says why', async (t) => {
  const api = await scriptedApi(t, [
    listOf(['a', 'b'], { resourceVersion: '7', continue: 'more' }),
    listOf(['c', 'd'], { resourceVersion: '7', continue: 'more' }),
    listOf(['a', 'b'], { resourceVersion: '8' }),
    open(event('ADDED', 'c', '9'), event('ADDED', 'd', '10')),
    listOf(['b', 'c', 'd'], { resourceVersion: '11' }),
    open(),
  ]);
  const { names, said } = following(t, api, 3);
  await until('it watches again', () => api.asked.length === 6);
  assert.deepEqual(paths(api), ['list', 'list more', 'list', 'watch 8', 'list', 'watch 11']);
  assert.equal(names(), 'b c d');
  const failures = said.filter((line) => line.startsWith('failed'));
  assert.match(failures[0] ?? '', /its list goes on beyond 3 of them/);
  assert.match(failures[1] ?? '', /it tells of more than 3 nodes/);
});

test('a node that no cluster can have is passed over in a watch, which goes on behind it', async (t) => {
  const api = await scriptedApi(t, [
    listOf(['a', 'UPPER']),
    (response) => response.end(event('ADDED', 'b c', '8')),
    open(),
  ]);
  const { names, said } = following(t, api);
  await until('it watches again', () => api.asked.length === 3);
  assert.deepEqual(paths(api).slice(1), ['watch 7', 'watch 8']);
  assert.equal(names(), 'a');
  assert.deepEqual(said, ['changed']);
});
