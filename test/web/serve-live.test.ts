// The live page's server: for 127.0.0.1 alone, to be read only, and every reader gets the whole state.
import assert from 'node:assert/strict';
import { request, type IncomingMessage } from 'node:http';
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

test('more pages than there is room for are refused', async (t) => {
  const { url } = await serve(t);
  const streams = await Promise.all(Array.from({ length: 16 }, () => ask(`${url}events`)));
  assert.ok(streams.every((stream) => stream.statusCode === 200));
  assert.equal((await ask(`${url}events`)).statusCode, 503);
});

test('after the end nobody listens any more', async () => {
  const server = await serveLive(() => '');
  await server.end({});
  await assert.rejects(ask(server.url), { code: 'ECONNREFUSED' });
});
