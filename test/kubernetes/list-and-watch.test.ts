// Lists and watches against an API whose every answer the test writes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiFailure } from '../../src/kubernetes/api-failure.ts';
import { openKubernetes } from '../../src/kubernetes/api.ts';
import type { WatchEvent } from '../../src/kubernetes/watch.ts';
import { until } from '../probe/recording.ts';
import {
  eventLine,
  gone,
  json,
  keptNode,
  listOf,
  node,
  scriptedApi,
  type ScriptedApi,
} from './scripted-api.ts';

const open = ({ url }: ScriptedApi, limits = {}) =>
  openKubernetes({ from: 'url', url }, 'netdebug-mesh', 'servers', limits);
const running = new AbortController().signal;
const failure = (status: number, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ApiFailure, String(error));
  assert.equal(error.status, status);
  assert.match(error.message, message);
  return true;
};

describe('a list', () => {
  test('comes in pages over one connection, reduced to what is kept', async (t) => {
    const api = await scriptedApi(t, [
      listOf(['a', 'b'], { resourceVersion: '7', continue: 'to ken' }),
      listOf(['c'], { resourceVersion: '7' }),
      json(200, { metadata: { resourceVersion: '8', continue: '' }, items: null }),
    ]);
    const { nodes, endpointSlices, server } = open(api, { pageSize: 2 });
    assert.equal(server, api.url.origin);
    const first = await nodes.list(undefined);
    assert.deepEqual(first, { objects: ['a', 'b'].map(keptNode), version: '7', next: 'to ken' });
    assert.deepEqual(await nodes.list(first.next), {
      objects: [keptNode('c')],
      version: '7',
      next: undefined,
    });
    assert.deepEqual(await endpointSlices.list(undefined), { objects: [], version: '8', next: undefined });
    assert.deepEqual(api.asked, [
      '/api/v1/nodes?limit=2',
      '/api/v1/nodes?limit=2&continue=to+ken',
      '/apis/discovery.k8s.io/v1/namespaces/netdebug-mesh/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dservers&limit=2',
    ]);
    assert.equal(api.connections(), 1);
  });

  test('that is refused says why, in the words of whoever answered', async (t) => {
    const api = await scriptedApi(t, [
      gone,
      json(403, { kind: 'Status', code: 403, message: 'nodes is forbidden' }),
      (response) => response.writeHead(502).end('dial tcp 10.0.0.1:443: connect: connection refused\n'),
      (response) => response.writeHead(503).end('<html>a proxy</html>'),
      (response) => response.writeHead(500).end('x'.repeat(1_000_000)),
    ]);
    const { nodes } = open(api);
    await assert.rejects(nodes.list('old'), failure(410, /^The provided continue parameter is too old$/));
    await assert.rejects(nodes.list(undefined), failure(403, /^nodes is forbidden$/));
    await assert.rejects(nodes.list(undefined), failure(502, /connect: connection refused$/));
    await assert.rejects(nodes.list(undefined), failure(503, /^status 503$/));
    await assert.rejects(nodes.list(undefined), failure(500, /^x{300}…$/));
  });

  test('that is not whole in time, or breaks off, is none', async (t) => {
    const api = await scriptedApi(t, [
      () => undefined,
      (response) => response.writeHead(200).write('{"items":[{'),
      (response) => response.write('{"items":[{', () => response.destroy()),
      (response) => response.end('{"items":[{'),
      json(200, { items: [{ metadata: {} }] }),
    ]);
    const { nodes } = open(api, { listTimeoutMs: 200 });
    for (let late = 0; late < 2; late++)
      await assert.rejects(nodes.list(undefined), failure(0, /^no whole answer within 0\.2 s$/));
    const patient = open(api).nodes;
    await assert.rejects(patient.list(undefined), failure(0, /^the connection broke off$/));
    await assert.rejects(patient.list(undefined), SyntaxError);
    await assert.rejects(patient.list(undefined), /^TypeError: metadata\.name is not text/);
  });

  test('of an API that is not there says so', async (t) => {
    const api = await scriptedApi(t, [gone]);
    const closed = new URL('http://127.0.0.1:1');
    await assert.rejects(open({ ...api, url: closed }).nodes.list(undefined), failure(0, /ECONNREFUSED/));
  });

  test('is asked for again when a kept connection was closed just then', async (t) => {
    const api = await scriptedApi(t, [
      listOf(['a']),
      (_response, _url, request) => request.socket.destroy(),
      listOf(['b']),
    ]);
    const { nodes } = open(api);
    await nodes.list(undefined);
    assert.deepEqual((await nodes.list(undefined)).objects, [keptNode('b')]);
    assert.equal(api.connections(), 2);
  });
});

describe('a watch', () => {
  const collect = () => {
    const events: WatchEvent[] = [];
    return { events, take: (event: WatchEvent) => void events.push(event) };
  };

  test('tells of each event, in whatever pieces it comes, and ends when the API ends it', async (t) => {
    const text = [
      eventLine('ADDED', node('a', 'ä')),
      eventLine('MODIFIED', { ...node('b'), metadata: { ...node('b').metadata, resourceVersion: '8' } }),
      eventLine('BOOKMARK', { metadata: { resourceVersion: '9' } }),
      eventLine('DELETED', node('c')),
      eventLine('ERROR', { kind: 'Status', code: 410, message: 'too old resource version: 1 (2)' }),
    ].join('');
    const api = await scriptedApi(t, [
      (response) => {
        response.writeHead(200);
        const bytes = Buffer.from(text);
        // One byte at a time around the first character of two bytes, the rest in pieces.
        const cut = bytes.indexOf('ä') + 1;
        response.write(bytes.subarray(0, cut));
        setImmediate(() => {
          response.write(bytes.subarray(cut, cut + 1));
          setImmediate(() => response.end(bytes.subarray(cut + 1)));
        });
      },
    ]);
    const { events, take } = collect();
    await open(api).nodes.watch('5', take, running);
    assert.deepEqual(events, [
      { type: 'put', object: keptNode('a'), version: '7' },
      { type: 'put', object: keptNode('b'), version: '8' },
      { type: 'bookmark', version: '9' },
      { type: 'remove', object: keptNode('c'), version: '7' },
      { type: 'error', status: 410, message: 'too old resource version: 1 (2)' },
    ]);
    assert.deepEqual(api.asked, [
      '/api/v1/nodes?watch=true&resourceVersion=5&allowWatchBookmarks=true&timeoutSeconds=300',
    ]);
  });

  test('that is refused, breaks off, or says what cannot be read, fails; what came before counts', async (t) => {
    const api = await scriptedApi(t, [
      gone,
      (response) => response.write(`${eventLine('ADDED', node('a'))}{"type":"ADD`, () => response.destroy()),
      (response) => response.end('{"type":"ADDED"'),
      (response) => response.end('no JSON\n'),
      (response) => response.end(eventLine('ADDED', { metadata: {} })),
      (response) => {
        const line = Buffer.alloc(1_024 ** 2, 'x');
        for (let megabytes = 0; megabytes < 9; megabytes++) response.write(line);
      },
    ]);
    const { nodes } = open(api);
    const { events, take } = collect();
    await assert.rejects(nodes.watch('1', take, running), failure(410, /too old/));
    await assert.rejects(nodes.watch('1', take, running), failure(0, /^the connection broke off$/));
    assert.deepEqual(events, [{ type: 'put', object: keptNode('a'), version: '7' }]);
    await assert.rejects(
      nodes.watch('1', take, running),
      failure(0, /^the watch broke off in the middle of a/),
    );
    await assert.rejects(nodes.watch('1', take, running), SyntaxError);
    await assert.rejects(nodes.watch('1', take, running), TypeError);
    await assert.rejects(nodes.watch('1', take, running), /^RangeError: a line is longer than/);
  });

  test('over a connection that died unseen ends, and one that is slow does not', async (t) => {
    const api = await scriptedApi(t, [
      (response) => response.write(eventLine('BOOKMARK', { metadata: { resourceVersion: '9' } })),
      () => undefined,
      (response) => {
        response.flushHeaders();
        let left = 14;
        const timer = setInterval(() => {
          response.write(eventLine('BOOKMARK', { metadata: { resourceVersion: '9' } }));
          if ((left -= 1) > 0) return;
          clearInterval(timer);
          response.end();
        }, 100);
      },
    ]);
    const first = collect();
    await open(api, { silenceMs: 1_000 }).nodes.watch('1', first.take, running);
    assert.equal(first.events.length, 1);
    await assert.rejects(
      open(api, { silenceMs: 100 }).nodes.watch('1', first.take, running),
      failure(0, /^no answer within 0\.1 s$/),
    );
    const slow = collect();
    await open(api, { silenceMs: 1_000 }).nodes.watch('1', slow.take, running);
    assert.equal(slow.events.length, 14);
  });

  test('that nobody wants any longer ends at once, and its connection with it', async (t) => {
    let closed = false;
    const api = await scriptedApi(t, [
      (response) => {
        response.flushHeaders();
        response.once('close', () => (closed = true));
      },
    ]);
    const ending = new AbortController();
    const watching = open(api).nodes.watch('1', () => undefined, ending.signal);
    await until('it is asked', () => api.asked.length === 1);
    ending.abort();
    await watching;
    await until('the connection is closed', () => closed);
  });

  test('whose listener fails, fails with it', async (t) => {
    const api = await scriptedApi(t, [(response) => response.write(eventLine('ADDED', node('a')))]);
    const failing = () => {
      throw new RangeError('mine');
    };
    await assert.rejects(open(api).nodes.watch('1', failing, running), /^RangeError: mine$/);
  });
});
