// The live page's server: for 127.0.0.1 alone, to be read only, and every reader gets the whole state.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { serveLive, type LiveServer } from '../../src/web/serve-live.ts';

async function serve(t: TestContext): Promise<LiveServer> {
  const server = await serveLive(() => '<p>page</p>');
  t.after(() => server.end({}));
  return server;
}

function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false, ...options }, resolve)
      .on('error', reject)
      .end();
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += piece as string;
  return text;
}

test('the page is served, and not kept by the browser', async (t) => {
  const { url } = await serve(t);
  const response = await ask(url);
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers['cache-control'], 'no-store');
  assert.equal(await textOf(response), '<p>page</p>');
});

test('many who ask at once are sent one drawing, and whoever asks after news a new one', async (t) => {
  let drawn = 0;
  const server = await serveLive(() => `<p>${(drawn += 1)}</p>`);
  t.after(() => server.end({}));
  const many = await Promise.all(Array.from({ length: 5 }, async () => textOf(await ask(server.url))));
  assert.deepEqual(new Set(many), new Set(['<p>1</p>']));
  server.publish({ a: '1' });
  assert.equal(await textOf(await ask(server.url)), '<p>2</p>');
});

test('a request for another host is refused, as a rebound name would make it', async (t) => {
  const { url } = await serve(t);
  for (const host of [
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    `127.0.0.1.evil.example:${new URL(url).port}`,
  ]) {
    const response = await ask(url, { headers: { host } });
    assert.equal(response.statusCode, 403, host);
    assert.ok(!(await textOf(response)).includes('page</p>'));
  }
  assert.equal((await ask(url, { headers: { host: `localhost:${new URL(url).port}` } })).statusCode, 200);
});

test('nothing can be written, and there is nothing else to read', async (t) => {
  const { url } = await serve(t);
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    assert.equal((await ask(url, { method })).statusCode, 405, method);
  }
  for (const path of ['run.json', '..%2f..%2fetc/passwd', '?x', 'events/']) {
    assert.equal((await ask(`${url}${path}`)).statusCode, 404, path);
  }
});

test('a page that comes late gets the whole state, later ones only what changed, and the end is said', async () => {
  const server = await serveLive(() => '');
  server.publish({ a: '1', b: '1\n2' });
  const stream = await ask(`${server.url}events`);
  let text = '';
  const first = new Promise<void>((resolve) => {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (text.includes('event: parts')) resolve();
    });
  });
  const closed = new Promise((resolve) => stream.once('close', resolve));
  await first;
  server.publish({ a: '2', b: '1\n2' });
  await server.end({ a: '3', b: '1\n2' });
  await closed;
  const messages = text.split('\n\n').filter((message) => message !== '');
  assert.deepEqual(messages, [
    'retry: 1000',
    'event: parts\ndata: {"a":"1","b":"1\\n2"}',
    'event: parts\ndata: {"a":"2"}',
    'event: parts\ndata: {"a":"3"}',
    'event: end\ndata: {}',
  ]);
});

/** Reads on; `has` resolves when the text has come, or false when the stream has ended without it. */
function reading(stream: IncomingMessage): {
  has(text: string): Promise<boolean>;
  readonly ended: Promise<void>;
} {
  let tail = '';
  const ended = new Promise<void>((resolve) =>
    stream.on('error', () => undefined).once('close', () => resolve()),
  );
  stream.setEncoding('utf8').on('data', (piece: string) => (tail = (tail + piece).slice(-1_000)));
  return {
    ended,
    has: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (tail.includes(text)) resolve(true);
        };
        look();
        stream.on('data', look);
        void ended.then(() => resolve(false));
      }),
  };
}

test('a page too many takes the place of one that does not read, or else of the oldest, which is told so', async (t) => {
  const server = await serve(t);
  const streams: IncomingMessage[] = [];
  for (let count = 0; count < 16; count++) streams.push(await ask(`${server.url}events`));
  assert.ok(streams.every((stream) => stream.statusCode === 200));
  // The last takes the beginning and then nothing: what is left of the state waits for it.
  const stuck = streams.pop();
  const pages = streams.map(reading);
  server.publish({ a: `${'x'.repeat(12_000_000)}.` });
  for (const page of pages) assert.ok(await page.has('x."}'));

  const next = await ask(`${server.url}events`);
  assert.equal(next.statusCode, 200);
  assert.ok(await reading(next).has('x."}'));
  assert.ok(stuck !== undefined);
  await reading(stuck).ended;
  assert.equal(stuck.complete, false);

  assert.equal((await ask(`${server.url}events`)).statusCode, 200);
  assert.ok(await pages[0]?.has('event: replaced\n'));
  await pages[0]?.ended;
});

test('what another page asks for is refused, and takes no place from those that are open', async (t) => {
  const { url } = await serve(t);
  const own = await ask(`${url}events`);
  assert.equal(own.statusCode, 200);
  let ended = false;
  own.on('close', () => (ended = true)).resume();
  const foreign: Record<string, string>[] = [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: `http://127.0.0.1:${Number(new URL(url).port) - 1}` },
    { origin: `https://${new URL(url).host}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: new URL(url).origin, 'sec-fetch-site': 'cross-site' },
  ];
  for (let round = 0; round < 4; round++) {
    for (const headers of foreign) {
      for (const path of ['', 'events']) {
        const response = await ask(`${url}${path}`, { headers });
        assert.equal(response.statusCode, 403, JSON.stringify(headers));
        response.resume();
      }
    }
  }
  assert.equal(ended, false);
  for (const site of ['none', 'same-origin']) {
    assert.equal((await ask(url, { headers: { 'sec-fetch-site': site } })).statusCode, 200, site);
  }
  assert.equal((await ask(url, { headers: { origin: new URL(url).origin } })).statusCode, 200);
});

test('who does not know the whole address gets nothing', async (t) => {
  const { url } = await serve(t);
  const { pathname } = new URL(url);
  assert.match(pathname, /^\/[\w-]{22}\/$/);
  for (const path of [
    '/',
    '/events',
    pathname.slice(0, -1),
    pathname.replace(/.\/$/, '/'),
    `/${'A'.repeat(22)}/events`,
  ]) {
    const response = await ask(new URL(path, url).href);
    assert.equal(response.statusCode, 403, path);
    assert.ok(!(await textOf(response)).includes('page</p>'));
  }
});

test('of many requests on one connection only the first is answered, so that answers do not heap up', async (t) => {
  let drawn = 0;
  const server = await serveLive(() => {
    drawn += 1;
    return 'x'.repeat(1_000_000);
  });
  t.after(() => server.end({}));
  const { port, host, pathname } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  t.after(() => socket.destroy());
  let text = '';
  socket
    .on('error', () => undefined)
    .on('data', (piece: Buffer) => (text = text.slice(-20) + piece.toString('latin1')));
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(200));
  while (!text.includes(' 503 ')) await once(socket, 'data');
  assert.equal(drawn, 1);
});

test('pages on their way to readers who do not read are a few at a time', async (t) => {
  const bytes = 20_000_000;
  const server = await serveLive(() => 'x'.repeat(bytes));
  t.after(() => server.end({}));
  const { port, host, pathname } = new URL(server.url);
  const sockets: Socket[] = [];
  for (let count = 0; count < 12; count++) {
    const socket = connect(Number(port), '127.0.0.1');
    t.after(() => socket.destroy());
    socket.on('error', () => undefined);
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    await once(socket, 'readable');
    sockets.push(socket);
  }
  const first = sockets.slice(0, 4);
  await Promise.all(first.map((socket) => once(socket.resume(), 'close')));
  assert.ok(first.every(({ bytesRead }) => bytesRead < bytes));
  const last = sockets.slice(4);
  await Promise.all(last.map((socket) => once(socket.resume(), 'close')));
  assert.ok(last.every(({ bytesRead }) => bytesRead > bytes));
});

test('connections that ask for nothing do not shut the page out', async (t) => {
  const { url } = await serve(t);
  const idle = Array.from({ length: 300 }, () => connect(Number(new URL(url).port), '127.0.0.1'));
  for (const socket of idle) socket.on('error', () => undefined).resume();
  t.after(() => {
    for (const socket of idle) socket.destroy();
  });
  await Promise.all(idle.slice(0, 200).map((socket) => once(socket, 'close')));
  assert.equal((await ask(url)).statusCode, 200);
});

test('a page that cannot be drawn is said to be so, and nothing else ends', async (t) => {
  const server = await serveLive(() => {
    throw new Error('no paint');
  });
  t.after(() => server.end({}));
  const response = await ask(server.url);
  assert.equal(response.statusCode, 500);
  assert.equal(await textOf(response), 'The page cannot be drawn: no paint\n');
});

test('after the end nobody listens any more', async () => {
  const server = await serveLive(() => '');
  await server.end({});
  await assert.rejects(ask(server.url), { code: 'ECONNREFUSED' });
});
