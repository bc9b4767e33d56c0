// What a watch serves all day, asked over HTTP: whether it is ready, its numbers from the watch itself, and what it told the API.
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { openAllDay } from '../../../src/experiment/all-day/open-all-day.ts';
import type { LiveWatchStart } from '../../../src/experiment/watch/watch-live.ts';
import type { KubernetesAccess } from '../../../src/kubernetes/transport.ts';
import type { WatchSummary } from '../../../src/model/watch-record.ts';
import { json, scriptedApi } from '../../kubernetes/scripted-api.ts';
import { until } from '../../probe/recording.ts';
import { lossOf } from '../../watch-losses.ts';

const missing = [
  { node: 'node-1', witness: 'capture', state: 'limited', reason: 'dropped 7 packets' },
  { node: 'node-1', witness: 'kernel-events', state: 'unavailable', reason: 'tracefs is not mounted' },
  { node: 'node-1', witness: 'kernel-log', state: 'unavailable', reason: 'left out, as --without has it' },
] as const;
const summary = (lost: number): WatchSummary => ({
  ...{ schemaVersion: 1, kind: 'summary', node: 'node-1', from: '', to: '', lost, onlyCounted: 0 },
  ...{ benign: 0, stalled: 0, byCause: [], watched: { connections: 5, processes: 2 } },
  missing: [...missing],
});
const start: LiveWatchStart = {
  watched: { connections: 5, processes: 2, lost: 0, lastLostAt: null },
  ...{ running: ['capture', 'conntrack-events'], missing: [], soFar: () => summary(45) },
  ...{ socket: null, notAsked: null },
};
const watched = () => ({ connections: 5, processes: 2, lost: 3, lastLostAt: null });

async function opened(t: TestContext, access: KubernetesAccess | null = null) {
  const allDay = await openAllDay({
    ...{ node: 'node-1', version: '1.2.3', metrics: { address: '127.0.0.1', port: 0 }, events: true },
    ...{ access, mostLabelSets: 10, log: () => undefined },
  });
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await allDay.stop();
    isStopped = true;
  };
  t.after(stop);
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${allDay.local?.port ?? 0}${path}`);
    return { status: answer.status, body: await answer.text() };
  };
  return { allDay, get, stop };
}

test('it is not ready before its witnesses have begun, and alive all the same', async (t) => {
  const { allDay, get } = await opened(t);
  assert.deepEqual(await get('/readyz'), { status: 503, body: 'the witnesses are being started\n' });
  assert.equal((await get('/healthz')).status, 200);
  allDay.started(start);
  assert.deepEqual(await get('/readyz'), { status: 200, body: 'ok\n' });
});

test('its numbers are those of the watch: what is watched, what nobody told of, what each witness sees', async (t) => {
  const { allDay, get } = await opened(t);
  allDay.started(start);
  allDay.look(watched);
  const { body } = await get('/metrics');
  for (const line of [
    'netdebug_watch_connections 5',
    'netdebug_watch_processes 2',
    'netdebug_watch_untold_losses 42',
    'netdebug_watch_sees_losses 1',
    'netdebug_watch_witness{witness="capture",state="limited"} 1',
    'netdebug_watch_witness{witness="kernel-events",state="missing"} 1',
    'netdebug_watch_witness{witness="conntrack-events",state="well"} 1',
    'netdebug_watch_info{node="node-1",version="1.2.3"} 1',
  ])
    assert.ok(body.includes(`${line}\n`), `${line} in ${body}`);
  assert.ok(!body.includes('kernel-log'), 'what was left out is no witness');
});

test('at its end what is held is counted, and told to the API', async (t) => {
  const sent: { path: string; count: number }[] = [];
  const { url } = await scriptedApi(t, [
    (response, asked, request) => {
      if (request.method === 'GET' && asked.searchParams.has('watch')) response.flushHeaders();
      else if (request.method === 'GET')
        json(200, {
          metadata: { resourceVersion: '7' },
          items: [{ metadata: { name: 'checkout-7d9f', namespace: 'shop', uid: 'u-1' } }],
        })(response, asked, request);
      else
        void text(request).then((body) => {
          sent.push({ path: asked.pathname, count: (JSON.parse(body) as { count: number }).count });
          json(201, {})(response, asked, request);
        });
    },
  ]);
  const { allDay, get, stop } = await opened(t, { from: 'url', url });
  allDay.started(start);
  allDay.look(watched);
  const page = async () => (await get('/metrics')).body;
  let body = '';
  await until('the pods are known', () => {
    void page().then((now) => (body = now));
    return body.includes('netdebug_watch_pods 1\n');
  });
  allDay.lost([lossOf({ id: '1' }), lossOf({ id: '2' })]);
  allDay.ended();
  const series =
    'netdebug_lost_connections_total{cause="route-table-conflict",author="server-kernel",certainty="likely",' +
    'end="client",namespace="shop",workload="checkout-7d9f",workload_type="barepod"}';
  await until('they are counted', () => {
    void page().then((now) => (body = now));
    return body.includes(`${series} 2\n`);
  });
  assert.deepEqual(sent, []);
  await stop();
  assert.deepEqual(sent, [{ path: '/api/v1/namespaces/shop/events', count: 2 }]);
});
