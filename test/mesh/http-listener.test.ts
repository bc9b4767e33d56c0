// The listener of the mesh's parts, on this machine's loopback: whatever is sent to it, it answers or closes, and goes on.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { sendBytes, sendText } from '../../src/mesh/http-answers.ts';
import { keepAnswer } from '../../src/mesh/kept-answer.ts';
import { startHttp, type HttpSettings } from '../../src/mesh/http-listener.ts';
import { until } from './running-coordinator.ts';

async function listen(t: TestContext, settings: Partial<HttpSettings> = {}) {
  const log: string[] = [];
  const http = await startHttp({
    listen: { address: '127.0.0.1', port: 0 },
    metrics: { contentType: 'text/plain', text: () => Promise.resolve('a 1\n') },
    readiness: () => ({ ready: true, sentence: 'ok' }),
    log: (line) => log.push(line),
    ...settings,
  });
  t.after(() => http.close());
  const { port } = http.local;
  return { port, log, url: `http://127.0.0.1:${port}` };
}

/** A connection on which nothing is read before it is asked for. */
async function raw(t: TestContext, port: number, sent: string | Buffer = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  if (sent.length > 0) socket.write(sent);
  return socket;
}

/** All that comes until the other side closes. */
async function all(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  await once(socket, 'close');
  return text;
}

const lastRequest = (target: string, method = 'GET', more = '') =>
  Buffer.from(`${method} ${target} HTTP/1.1\r\nhost: m\r\nconnection: close\r\n${more}\r\n`, 'latin1');
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(answer)?.[1]);

const targets: [target: string, status: number][] = [
  ['//', 400],
  ['//[', 400],
  ['///healthz', 400],
  ['/\\healthz', 400],
  ['http://a:99999/', 400],
  ['http://[/', 400],
  ['http:///healthz', 400],
  ['ftp://a/', 400],
  ['*', 400],
  ['healthz', 400],
  ['/\xff\xfe', 400],
  ['/%ff%', 404],
  [`/${'a'.repeat(8_000)}`, 404],
  [`/${'a'.repeat(40_000)}`, 431],
  ['/../../etc/passwd', 404],
  ['http://anybody:1/healthz', 200],
  ['/healthz?wait=//', 200],
];
for (const [target, status] of targets) {
  test(`the target ${JSON.stringify(target.slice(0, 40))} is answered ${status}, and the next request as ever`, async (t) => {
    const { port, url, log } = await listen(t);
    const answer = await all(await raw(t, port, lastRequest(target)));
    assert.equal(statusOf(answer), status, answer.slice(0, 200));
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    assert.deepEqual(log, [], 'it is nobody’s fault');
  });
}

const methods: [method: string, target: string, more: string, status: number][] = [
  ['POST', '/metrics', 'content-length: 1000000\r\n', 405],
  ['PUT', '/healthz', 'transfer-encoding: chunked\r\n', 405],
  ['TRACE', '/healthz', '', 405],
  ['OPTIONS', '*', '', 400],
  ['DELETE', '//', '', 400],
  ['GET', '/healthz', 'connection: upgrade\r\nupgrade: websocket\r\n', 200],
  ['GET', '/healthz', 'expect: 100-continue\r\ncontent-length: 5\r\n', 200],
  ['GET', '/healthz', 'expect: something\r\n', 417],
  ['GET', '/healthz', 'content-length: 5\r\ntransfer-encoding: chunked\r\n', 400],
];
for (const [method, target, more, status] of methods) {
  test(`${method} ${target} with ${JSON.stringify(more)} is answered ${status} and ends`, async (t) => {
    const { port, url } = await listen(t);
    const sent = `${method} ${target} HTTP/1.1\r\nhost: m\r\n${more}\r\n`;
    const socket = await raw(t, port, sent);
    const answered = once(socket, 'data');
    const [answer] = (await answered) as [Buffer];
    assert.equal(statusOf(answer.toString('latin1')), status, answer.toString('latin1'));
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
  });
}

test('CONNECT is closed, a HEAD has no body, and what is no HTTP is refused', async (t) => {
  const { port } = await listen(t);
  assert.equal(await all(await raw(t, port, 'CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n')), '');
  const head = await all(await raw(t, port, lastRequest('/healthz', 'HEAD')));
  assert.deepEqual([statusOf(head), head.endsWith('\r\n\r\n')], [200, true]);
  assert.equal(statusOf(await all(await raw(t, port, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc'))), 400);
});

test('a client that closes its half after the request is answered', async (t) => {
  const { port } = await listen(t);
  const socket = await raw(t, port);
  socket.end('GET /healthz HTTP/1.1\r\nhost: m\r\n\r\n');
  assert.equal(statusOf(await all(socket)), 200);
});

test('a request that does not come to its end is not waited for', async (t) => {
  const { port } = await listen(t, { limits: { requestMs: 200 } });
  const silent = await raw(t, port);
  const headers = await raw(t, port, 'GET /healthz HTTP/1.1\r\nhost: m\r\nx');
  const body = await raw(t, port, 'POST / HTTP/1.1\r\nhost: m\r\ncontent-length: 100\r\n\r\nabc');
  const [, ofHeaders, ofBody] = await Promise.all([all(silent), all(headers), all(body)]);
  assert.deepEqual([statusOf(ofHeaders), statusOf(ofBody)], [408, 405]);
});

test('what a route throws, at once or later, is a 500 and one sentence, and the next request is answered', async (t) => {
  const { url, log } = await listen(t, {
    routes(_, response, { pathname }) {
      if (pathname === '/at-once') throw new Error('no luck');
      if (pathname === '/later') return Promise.reject(new Error('no luck later'));
      if (pathname === '/half') {
        response.writeHead(200, { 'content-length': 10 });
        response.write('half');
        return Promise.reject(new Error('in the middle'));
      }
      return false;
    },
    metrics: { contentType: '', text: () => Promise.reject(new Error('no metrics')) },
  });
  for (const path of ['/at-once', '/later', '/metrics', '/at-once?\x1b[31m']) {
    const response = await fetch(url + path);
    assert.equal(response.status, 500, path);
    assert.match(await response.text(), /by its own fault; its log says why/);
  }
  await assert.rejects(async () => (await fetch(`${url}/half`)).text());
  assert.deepEqual(log, ['GET /at-once could not be answered (no luck); this is a fault of netdebug.']);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test('an answer for a client that has gone meanwhile harms nobody', async (t) => {
  const asked = Promise.withResolvers<undefined>();
  const gone = Promise.withResolvers<undefined>();
  let answered = false;
  const { port, url, log } = await listen(t, {
    async routes(_, response) {
      asked.resolve(undefined);
      await gone.promise;
      sendText(response, 200, 'late');
      answered = true;
    },
  });
  const socket = await raw(t, port, lastRequest('/slow'));
  await asked.promise;
  socket.resetAndDestroy();
  await fetch(`${url}/healthz`);
  gone.resolve(undefined);
  await until('it was answered', () => answered);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.deepEqual(log, []);
});

test('beyond the connections of an address only its health is told, on a few connections that do not stay', async (t) => {
  const beyond: string[] = [];
  const { port } = await listen(t, {
    limits: { connectionsPerAddress: 3 },
    onBeyond: (limit) => beyond.push(limit),
  });
  const held = await Promise.all([1, 2, 3].map(() => raw(t, port)));
  for (const path of ['/healthz', '/readyz'])
    assert.equal(statusOf(await all(await raw(t, port, lastRequest(path)))), 200);
  const refused = await all(await raw(t, port, 'GET /metrics HTTP/1.1\r\nhost: m\r\n\r\n'));
  assert.equal(statusOf(refused), 503);
  assert.match(refused, /retry-after: 5/i);
  assert.deepEqual(
    beyond,
    Array.from({ length: 3 }, () => 'connections-per-address'),
  );
  // The ninth that says nothing makes the first of them go.
  const silent = [await raw(t, port)];
  const first = once(silent[0] as Socket, 'close');
  for (let count = 1; count < 9; count++) silent.push(await raw(t, port));
  await first;
  assert.equal(statusOf(await all(await raw(t, port, lastRequest('/healthz')))), 200);
  held[0]?.destroy();
  await until('a place is free again', async () => {
    return statusOf(await all(await raw(t, port, lastRequest('/metrics')))) === 200;
  });
});

test('beyond the connections in all, too', async (t) => {
  const beyond: string[] = [];
  const { port } = await listen(t, { limits: { connections: 2 }, onBeyond: (limit) => beyond.push(limit) });
  await raw(t, port);
  await raw(t, port);
  assert.equal(statusOf(await all(await raw(t, port, lastRequest('/metrics')))), 503);
  assert.equal(statusOf(await all(await raw(t, port, lastRequest('/healthz')))), 200);
  assert.deepEqual(new Set(beyond), new Set(['connections']));
});

const large = Buffer.alloc(8 * 1_024 ** 2, 'x');

test('of requests that are sent without waiting only the next is looked at, and more than a few end the connection', async (t) => {
  let made = 0;
  const closed = Promise.withResolvers<undefined>();
  const { port, url } = await listen(t, {
    routes(request, response) {
      made += 1;
      request.socket.once('close', () => closed.resolve(undefined));
      sendBytes(response, 200, 'text/plain', large);
      return true;
    },
  });
  const greedy = await raw(t, port, 'GET /large HTTP/1.1\r\nhost: m\r\n\r\n'.repeat(2_000));
  greedy.pause();
  await closed.promise;
  assert.equal(made, 1);
  const patient = await raw(
    t,
    port,
    `GET /healthz HTTP/1.1\r\nhost: m\r\n\r\n${lastRequest('/healthz').toString()}`,
  );
  assert.equal((await all(patient)).match(/HTTP\/1\.1 200/g)?.length, 2, 'two in a row are answered in turn');
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test('a client that does not take its answer loses its connection', async (t) => {
  const closed = Promise.withResolvers<undefined>();
  const { port } = await listen(t, {
    limits: { answerMs: 200 },
    routes(request, response) {
      request.socket.once('close', () => closed.resolve(undefined));
      sendBytes(response, 200, 'text/plain', large);
      return true;
    },
  });
  const socket = await raw(t, port, 'GET /large HTTP/1.1\r\nhost: m\r\n\r\n');
  socket.pause();
  await closed.promise;
});

test('what is costly to make is made once for all who ask together', async (t) => {
  let made = 0;
  const { url } = await listen(t, {
    limits: { connectionsPerAddress: 100 },
    metrics: {
      contentType: 'text/plain',
      async text() {
        made += 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
        return `made ${made}\n`;
      },
    },
  });
  const answers = await Promise.all(
    Array.from({ length: 30 }, async () => (await fetch(`${url}/metrics`)).text()),
  );
  assert.deepEqual(new Set(answers), new Set(['made 1\n']));
  assert.equal(
    await (await fetch(`${url}/metrics`)).text(),
    'made 1\n',
    'it is kept as long as it was costly',
  );
});

test('an answer is kept for ten times what it cost, without news for longer, and never when it failed', async () => {
  const clock = { now: 0 };
  const state = { news: 'a', costMs: 20, fails: false };
  let made = 0;
  const kept = keepAnswer(
    () => {
      clock.now += state.costMs;
      if (state.fails) throw new Error('no luck');
      return (made += 1);
    },
    () => clock.now,
    { withoutNewsMs: 1_000, news: () => state.news },
  );
  assert.equal(await kept(), 1);
  state.news = 'b';
  clock.now = 20 + 199;
  assert.equal(await kept(), 1, 'it is not paid off');
  clock.now = 20 + 200;
  assert.equal(await kept(), 2);
  clock.now = 240 + 999;
  assert.equal(await kept(), 2, 'there is no news');
  clock.now = 240 + 1_000;
  assert.equal(await kept(), 3);
  Object.assign(state, { fails: true, news: 'c' });
  clock.now += 10_000;
  await assert.rejects(kept(), /no luck/);
  state.fails = false;
  assert.equal(await kept(), 4);
});
