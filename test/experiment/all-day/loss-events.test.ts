// Events for what pods lose, against a real HTTP server in the place of the Kubernetes API, in a time that the test makes.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { createLossEvents } from '../../../src/experiment/all-day/loss-events.ts';
import { openPodEvents } from '../../../src/kubernetes/pod-events.ts';
import { createTransport } from '../../../src/kubernetes/transport.ts';
import type { WatchLoss } from '../../../src/model/watch-record.ts';
import { json, scriptedApi, type Answer } from '../../kubernetes/scripted-api.ts';
import { until } from '../../probe/recording.ts';
import { lossOf } from '../../watch-losses.ts';
import { endOf, podOf, podsHere, program } from './known-pods.ts';

const [second, minute] = [1_000, 60_000];

interface Sent {
  readonly method: string;
  readonly name: string;
  readonly pod: string | undefined;
  readonly count: number;
  readonly message: string;
  readonly reason: string;
  readonly lastTimestamp: string;
  readonly firstTimestamp: string | undefined;
}

const made = json(201, {});
const raised = json(200, {});
const well: Answer = (response, url, request) =>
  (request.method === 'POST' ? made : raised)(response, url, request);
const status = (code: number): Answer =>
  json(code, { kind: 'Status', code, message: `as status ${code} says` });

async function scene(t: TestContext, answers: readonly Answer[] = [well], pods = 3) {
  const sent: Sent[] = [];
  const heard = answers.map((answer): Answer => (response: ServerResponse, url, request) => {
    void text(request).then((body) => {
      const object = JSON.parse(body) as {
        metadata?: { name: string };
        involvedObject?: { uid: string };
      } & Sent;
      const { count, message, reason, lastTimestamp, firstTimestamp } = object;
      sent.push({
        method: request.method ?? '',
        name: object.metadata?.name ?? url.pathname.slice(url.pathname.lastIndexOf('/') + 1),
        pod: object.involvedObject?.uid,
        ...{ count, message, reason, lastTimestamp, firstTimestamp },
      });
      answer(response, url, request);
    });
  });
  const { url } = await scriptedApi(t, heard);
  const counts = new Map<string, number>();
  const add = (name: string, by: number) => counts.set(name, (counts.get(name) ?? 0) + by);
  const said: string[] = [];
  let now = 0;
  const events = createLossEvents({
    api: openPodEvents(createTransport({ from: 'url', url }), { node: 'node-1', timeoutMs: 10_000 }),
    pods: podsHere(Array.from({ length: pods }, (_, index) => podOf(`pod-${index}`))),
    onMade: (outcome) => add(outcome, 1),
    onWithout: (reason, losses) => add(reason, losses),
    log: (message) => said.push(message),
    nowMs: () => now,
  });
  /** What an answer changes comes a moment after it, and a request too many would come by then. */
  const settle = async () => {
    for (let looks = 0; looks < 20; looks += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      events.look(now);
    }
  };
  /** Looks until `expected` requests were sent in all, and then some times more. */
  const send = async (expected: number) => {
    await until(`${expected} requests are sent, ${sent.length} are`, () => {
      events.look(now);
      return sent.length >= expected;
    });
    await settle();
    assert.equal(sent.length, expected);
  };
  return {
    ...{ sent, counts, said, events, send, settle },
    take: (losses: readonly WatchLoss[]) => events.take(losses, now),
    pass: (ms: number) => void (now += ms),
  };
}

let serial = 0;
const lost = (pod: string, other: Partial<WatchLoss> = {}): WatchLoss => {
  serial += 1;
  const ends = {
    client: endOf(`shop/${pod}`),
    server: { ...endOf(null), service: 'shop/redis' },
    backend: null,
  };
  const at = `2026-11-28T12:03:${String(serial % 60).padStart(2, '0')}.204117Z`;
  return lossOf({ id: `node-1/${serial}`, at, ends, ...other });
};

test('a loss becomes one Event, with who and why in words, once its corrections have come', async (t) => {
  const { take, pass, send, sent, counts } = await scene(t);
  const first = lost('pod-0', { cause: { id: 'unknown', certainty: 'open', text: 'nothing explains it' } });
  take([first]);
  pass(14 * second);
  await send(0);
  take([
    {
      ...first,
      revision: 2,
      cause: { id: 'policy-reject', certainty: 'proven', text: 'a rule rejected it' },
      author: { id: 'node-rule', certainty: 'likely', text: '' },
    },
  ]);
  pass(second);
  await send(1);
  const [event] = sent;
  assert.equal(event?.method, 'POST');
  assert.equal(event.pod, 'uid-of-pod-0');
  assert.equal(event.reason, 'ConnectionsReset');
  assert.equal(
    event.message,
    'Its connection to shop/redis:40000: reset after 4m12s, idle 0.3s, 1 question unanswered. ' +
      'Who: a rule on the node (likely). Why: policy-reject: a rule rejected it (proven). More: netdebug explain policy-reject',
  );
  assert.match(event.name, /^pod-0\.[0-9a-f]+$/);
  assert.deepEqual([...counts], [['created', 1]]);
});

test('a loss that was none after all becomes no Event', async (t) => {
  const { take, pass, send } = await scene(t);
  const first = lost('pod-0');
  take([first, { ...first, revision: 2, ended: 'benign' }]);
  pass(minute);
  await send(0);
});

test('more of the same raise the Event that there is, not more often than twice a minute, each loss counted once', async (t) => {
  const { take, pass, send, sent, counts } = await scene(t);
  take([lost('pod-0'), lost('pod-0'), lost('pod-0')]);
  pass(15 * second);
  await send(1);
  for (let more = 0; more < 5; more += 1) {
    take([lost('pod-0')]);
    pass(5 * second);
  }
  await send(1);
  pass(15 * second);
  await send(2);
  assert.deepEqual(
    sent.map(({ method, count }) => [method, count]),
    [
      ['POST', 3],
      ['PATCH', 8],
    ],
  );
  assert.equal(sent[1]?.name, sent[0]?.name);
  assert.deepEqual(
    [...counts],
    [
      ['created', 1],
      ['raised', 1],
    ],
  );
});

test('another cause and another pod have Events of their own; what comes after ten silent minutes has, too', async (t) => {
  const { take, pass, send, sent } = await scene(t);
  const otherCause = { cause: { id: 'silent-drop', certainty: 'open', text: '' } } as const;
  take([lost('pod-0'), lost('pod-0', otherCause), lost('pod-1')]);
  pass(15 * second);
  await send(3);
  assert.deepEqual(
    sent.map(({ pod }) => pod),
    ['uid-of-pod-0', 'uid-of-pod-0', 'uid-of-pod-1'],
  );
  pass(9 * minute);
  take([lost('pod-0')]);
  pass(15 * second);
  await send(4);
  assert.equal(sent[3]?.method, 'PATCH');
  pass(11 * minute);
  take([lost('pod-0')]);
  pass(15 * second);
  await send(5);
  assert.deepEqual([sent[4]?.method, sent[4]?.count], ['POST', 1]);
  assert.equal(new Set(sent.map(({ name }) => name)).size, 4);
});

test('a connection between two pods of the node is told on both, one of a pod to itself once; of another node’s on neither', async (t) => {
  const { take, pass, send, sent, counts } = await scene(t);
  const client = endOf('shop/pod-0');
  const server = endOf(null);
  take([lost('', { ends: { client, server, backend: endOf('shop/pod-1') } })]);
  pass(15 * second);
  await send(2);
  assert.match(sent[1]?.message ?? '', /^A connection from shop\/pod-0: reset/);
  take([lost('', { ends: { client: endOf('shop/pod-2'), server, backend: endOf('shop/pod-2') } })]);
  pass(15 * second);
  await send(3);
  assert.deepEqual([sent[2]?.pod, sent[2]?.count], ['uid-of-pod-2', 1]);
  take([
    lost('elsewhere'),
    lost('', { ends: { client: endOf(null, program('kubelet')), server, backend: null } }),
  ]);
  pass(15 * second);
  await send(3);
  assert.equal(counts.get('no-pod'), 2);
});

test('a node has ten Events at once and one more every two seconds, whatever it loses; the rest follow', async (t) => {
  const { take, pass, send, sent } = await scene(t, [well], 100);
  take(Array.from({ length: 100 }, (_, index) => lost(`pod-${index}`)));
  pass(15 * second);
  await send(10);
  pass(10 * second);
  await send(15);
  pass(minute);
  await send(25);
  assert.equal(new Set(sent.map(({ pod }) => pod)).size, 25);
});

test('what waits for a quarter of an hour is news no more, and is counted', async (t) => {
  const { take, pass, send, counts } = await scene(t, [well], 100);
  take(Array.from({ length: 100 }, (_, index) => lost(`pod-${index}`)));
  pass(15 * second);
  await send(10);
  pass(16 * minute);
  await send(10);
  assert.equal(counts.get('rate'), 90);
});

test('pods and causes are bounded: what is beyond is counted', async (t) => {
  const { take, pass, send, counts } = await scene(t, [well], 700);
  take(Array.from({ length: 700 }, (_, index) => lost(`pod-${index}`)));
  pass(15 * second);
  await send(10);
  assert.equal(counts.get('bound'), 200);
});

test('while the API is away the same Event is tried again, ever more rarely, and what comes meanwhile is in it', async (t) => {
  const gone: Answer = (response) => response.destroy();
  const { take, pass, send, sent, counts, said } = await scene(t, [gone, status(503), status(429), well]);
  take([lost('pod-0')]);
  pass(15 * second);
  await send(1);
  take([lost('pod-0')]);
  pass(16 * second);
  await send(2);
  pass(3 * second);
  await send(3);
  pass(10 * second);
  await send(4);
  assert.deepEqual(
    sent.map(({ count }) => count),
    [1, 2, 2, 2],
  );
  assert.equal(
    new Set(sent.map(({ name }) => name)).size,
    1,
    'a request whose answer was lost may have been heard',
  );
  assert.deepEqual([...counts], [['created', 1]]);
  assert.equal(said.length, 1, said.join('\n'));
  assert.match(said[0] ?? '', /no Event could be made on the pod shop\/pod-0: /);
});

test('an API that stays away costs nothing but the count', async (t) => {
  const { take, pass, settle, counts, sent } = await scene(t, [(response) => response.destroy()]);
  take([lost('pod-0'), lost('pod-0')]);
  for (let passed = 0; passed < 20; passed += 1) {
    pass(minute);
    await settle();
  }
  assert.ok(sent.length >= 5 && sent.length <= 12, `${sent.length} requests in 15 minutes`);
  assert.deepEqual([...counts], [['away', 2]]);
});

test('what the API refuses is counted, and asked for again after minutes alone', async (t) => {
  const { take, pass, send, counts, said } = await scene(t, [status(403)]);
  take([lost('pod-0')]);
  pass(15 * second);
  await send(1);
  assert.deepEqual([...counts], [['refused', 1]]);
  take([lost('pod-0')]);
  pass(minute);
  await send(1);
  pass(5 * minute);
  await send(2);
  assert.equal(said.length, 1);
});

test('an Event that the API has let go of is made anew', async (t) => {
  const { take, pass, send, sent } = await scene(t, [made, status(404), made]);
  take([lost('pod-0')]);
  pass(15 * second);
  await send(1);
  take([lost('pod-0')]);
  pass(minute);
  await send(3);
  assert.deepEqual(
    sent.map(({ method, count }) => [method, count]),
    [
      ['POST', 1],
      ['PATCH', 2],
      ['POST', 1],
    ],
  );
  assert.notEqual(sent[2]?.name, sent[0]?.name);
});

test('one that was made by a request whose answer was lost is brought up to date', async (t) => {
  const { take, pass, send, sent, counts } = await scene(t, [
    (response) => response.destroy(),
    status(409),
    raised,
  ]);
  take([lost('pod-0')]);
  pass(15 * second);
  await send(1);
  take([lost('pod-0')]);
  pass(16 * second);
  await send(3);
  assert.deepEqual(
    sent.map(({ method, count }) => [method, count]),
    [
      ['POST', 1],
      ['POST', 2],
      ['PATCH', 2],
    ],
  );
  assert.deepEqual([...counts], [['created', 1]]);
});

test('what is left at the end is told, as far as the allowance goes, and the rest counted', async (t) => {
  const { take, events, sent, counts } = await scene(t, [well], 30);
  take(Array.from({ length: 30 }, (_, index) => lost(`pod-${index}`)));
  await events.stop();
  assert.equal(sent.length, 10);
  assert.deepEqual(
    [...counts],
    [
      ['created', 10],
      ['rate', 20],
    ],
  );
});

test('an API that does not answer keeps the end waiting for three seconds and no longer', async (t) => {
  const { take, events, counts } = await scene(t, [() => undefined], 1);
  take([lost('pod-0')]);
  const begun = performance.now();
  await events.stop();
  assert.ok(performance.now() - begun < 4_500, String(performance.now() - begun));
  assert.deepEqual([...counts], [['away', 1]]);
});

test('a message has at most 1,024 bytes, and the page of its cause at its end', async (t) => {
  const { take, pass, send, sent } = await scene(t);
  const cause = { id: 'policy-reject', certainty: 'proven', text: `×\x1b[31m${'é'.repeat(2_000)}` } as const;
  take([lost('pod-0', { cause })]);
  pass(15 * second);
  await send(1);
  const { message = '' } = sent[0] ?? {};
  assert.ok(
    Buffer.byteLength(message) <= 1_024 && Buffer.byteLength(message) > 1_000,
    String(message.length),
  );
  assert.match(message, /é…\. More: netdebug explain policy-reject$/);
  assert.ok(!message.includes('\x1b'));
});
