// The server against raw sockets: what it answers, how each connection ends, and the log lines word for word.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test, type TestContext } from 'node:test';
import { parseEndpoint } from '../../src/model/endpoint.ts';
import { Problem } from '../../src/model/problem.ts';
import { startServer, type ServerSettings } from '../../src/probe/server.ts';
import { dial } from './loopback.ts';
import { record, until } from './recording.ts';

async function serve(t: TestContext, settings: Partial<ServerSettings> = {}) {
  const recording = record();
  const server = await startServer(
    {
      listen: { address: '127.0.0.1', port: 0 },
      deadlineMs: 30_000,
      maxLine: 65_536,
      ...settings,
    },
    recording.surroundings,
  );
  t.after(() => server.stop());
  const port = parseEndpoint(server.local)?.port ?? 0;
  return { ...recording, server, port };
}

test('it says that it started, and listens on all addresses unless told otherwise', async (t) => {
  const { lines, of, server } = await serve(t, { listen: { address: '', port: 0 } });
  assert.deepEqual(lines, ['Server started and accepting connections']);
  assert.equal(of('listening')[0]?.local, server.local);
  assert.match(server.local, /^(\[::\]|0\.0\.0\.0):[0-9]+$/);
});

test('an IPv4 client of a dual-stack server is named by its IPv4 address', async (t) => {
  const { of, port } = await serve(t, { listen: { address: '', port: 0 } });
  const { end } = await dial(t, port);
  await until('it is accepted', () => of('accepted').length === 1);
  assert.equal(of('accepted')[0]?.peer, end);
  assert.equal(of('accepted')[0]?.local, `127.0.0.1:${port}`);
});

test('every line is answered byte for byte, however it came, and what follows the last newline is not', async (t) => {
  const { lines, of, port } = await serve(t);
  const { socket, received } = await dial(t, port);
  for (const byte of Buffer.from('Soy todo oídos!\n')) socket.write(Buffer.of(byte));
  socket.write(Buffer.from('a\0b\r\n\n\xff\xfe\nno end', 'latin1'));
  socket.end();
  await once(socket, 'end');
  const expected = Buffer.concat([
    Buffer.from('You said: Soy todo oídos!\n'),
    Buffer.from('You said: a\0b\r\nYou said: \nYou said: \xff\xfe\n', 'latin1'),
  ]);
  assert.deepEqual(received(), expected);
  await until('the end is logged', () => lines.length === 3);
  assert.deepEqual(lines.slice(1), ['Accepted a new connection', 'EOF']);
  const [ended] = of('ended');
  assert.equal(ended?.answers, 4);
  assert.deepEqual([ended.failure, ended.errno, ended.syscall], ['closed', 'EOF', 'read']);
});

test('ten thousand pipelined lines are answered in order', async (t) => {
  const { port } = await serve(t);
  const { socket, received } = await dial(t, port);
  const lines = Array.from({ length: 10_000 }, (_, index) => `${index}\n`);
  socket.end(lines.join(''));
  await once(socket, 'end');
  assert.equal(received().toString(), lines.map((line) => `You said: ${line}`).join(''));
});

test('a peer that is silent for the deadline is cut', async (t) => {
  const { lines, of, port } = await serve(t, { deadlineMs: 100 });
  const { end } = await dial(t, port);
  await until('it is cut', () => of('ended').length === 1);
  assert.equal(lines.at(-1), `read tcp 127.0.0.1:${port}->${end}: i/o timeout`);
  assert.equal(of('ended')[0]?.failure, 'timeout');
});

test('a connection that is idle after an answer is closed in order, and one that was never asked anything waits for the deadline', async (t) => {
  const { lines, of, port } = await serve(t, { idleTimeoutMs: 100 });
  await dial(t, port);
  const { socket, end } = await dial(t, port);
  socket.write('whole\n');
  await once(socket, 'end');
  const [ended] = of('ended');
  assert.deepEqual([ended?.peer, ended?.failure, ended?.errno], [end, 'closed', 'IDLE']);
  assert.equal(lines.at(-1), `read tcp 127.0.0.1:${port}->${end}: idle timeout`);
  // A FIN and no RST; the other one is still there.
  assert.equal(socket.errored, null);
  assert.equal(of('ended').length, 1);
});

test('a peer that trickles bytes is cut all the same, since only a whole line renews the deadline', async (t) => {
  const { lines, of, port } = await serve(t, { deadlineMs: 200 });
  const { socket, end } = await dial(t, port);
  socket.write('whole\n');
  const trickle = setInterval(() => socket.write('x'), 20);
  t.after(() => clearInterval(trickle));
  await until('it is cut', () => of('ended').length === 1);
  assert.equal(lines.at(-1), `read tcp 127.0.0.1:${port}->${end}: i/o timeout`);
  assert.equal(of('ended')[0]?.answers, 1);
});

test('a peer that does not read its answers is cut by the same deadline', async (t) => {
  const { lines, of, port } = await serve(t, { deadlineMs: 300 });
  const { socket, end } = await dial(t, port);
  socket.pause();
  // Each of these bytes asks for eleven: far more than the kernel's buffers hold.
  socket.write(Buffer.alloc(4 * 1_048_576, '\n'));
  await until('it is cut', () => of('ended').length === 1);
  assert.equal(lines.at(-1), `write tcp 127.0.0.1:${port}->${end}: i/o timeout`);
});

test("a kubelet's TCP probes are no two lines each: the first is said, the others are counted, and a real client shows", async (t) => {
  const { lines, of, port, advance } = await serve(t);
  const probe = async () => {
    const before = of('ended').length;
    (await dial(t, port)).socket.end();
    await until('the probe is over', () => of('ended').length === before + 1);
  };
  for (let probes = 0; probes < 20; probes++) await probe();
  assert.equal(of('accepted').length, 20);
  const counted = (what: string) =>
    new RegExp(
      `^${what} closed without a byte, as TCP health checks do \\(the last by 127\\.0\\.0\\.1:[0-9]+\\)`,
    );
  assert.equal(lines.length, 2, lines.join('; '));
  assert.match(lines[1] ?? '', counted('A connection was'));
  const { socket } = await dial(t, port);
  socket.write('hello\n');
  await until('the client is said', () => lines.length === 3);
  assert.equal(lines[2], 'Accepted a new connection');
  advance(10 * 60_000);
  await probe();
  assert.match(lines.at(-1) ?? '', counted('20 connections were'));
});

test('a connection that stays without a word is said too', async (t) => {
  const { lines, port } = await serve(t);
  await dial(t, port);
  await until('it is said', () => lines.at(-1) === 'Accepted a new connection');
});

test('a reset is logged when it arrives', async (t) => {
  const { lines, of, port } = await serve(t);
  const { socket, end } = await dial(t, port);
  await until('it is accepted', () => of('accepted').length === 1);
  socket.resetAndDestroy();
  await until('it is over', () => of('ended').length === 1);
  assert.equal(lines.at(-1), `read tcp 127.0.0.1:${port}->${end}: read: connection reset by peer`);
  const [ended] = of('ended');
  assert.deepEqual([ended?.failure, ended?.errno, ended?.syscall], ['reset', 'ECONNRESET', 'read']);
});

test('a line of exactly the maximum is answered, one byte more ends the connection', async (t) => {
  const { lines, of, port } = await serve(t, { maxLine: 10 });
  const { socket, end, received } = await dial(t, port);
  socket.write('1234567890\n12345678901');
  await until('it is over', () => of('ended').length === 1);
  await until('the answer is here', () => received().length > 0);
  assert.equal(received().toString(), 'You said: 1234567890\n');
  assert.equal(lines.at(-1), `read tcp 127.0.0.1:${port}->${end}: line too long`);
  const [ended] = of('ended');
  assert.deepEqual([ended?.failure, ended?.errno, ended?.answers], ['other', 'EMSGSIZE', 1]);
});

test('one connection that ends badly leaves the others alone', async (t) => {
  const { of, port } = await serve(t);
  const victim = await dial(t, port);
  const other = await dial(t, port);
  await until('both are accepted', () => of('accepted').length === 2);
  victim.socket.resetAndDestroy();
  await until('one is over', () => of('ended').length === 1);
  other.socket.write('still here\n');
  await until('the other is answered', () => other.received().length > 0);
  assert.equal(other.received().toString(), 'You said: still here\n');
});

test('stopping says goodbye with a FIN to every peer, and reports each connection', async (t) => {
  const { of, port, server, lines } = await serve(t);
  const { socket } = await dial(t, port);
  await until('it is accepted', () => of('accepted').length === 1);
  const goodbye = once(socket, 'end').then(() => socket.end());
  await Promise.all([server.stop(), goodbye]);
  const [ended] = of('ended');
  assert.deepEqual([ended?.failure, ended?.errno], ['closed', 'SHUTDOWN']);
  assert.equal(lines.at(-1), 'Accepted a new connection');
});

test('a port that is taken is refused with a sentence', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => void other.close());
  const bound = other.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  await assert.rejects(
    startServer(
      { listen: { address: '127.0.0.1', port }, deadlineMs: 1_000, maxLine: 100 },
      record().surroundings,
    ),
    (error) =>
      error instanceof Problem && error.kind === 'missing' && error.message.includes(`Port ${port} is taken`),
  );
});

test('beyond --max-connections new ones are closed at once, the others live on, and room that is free again is used', async (t) => {
  const { lines, of, port } = await serve(t, { maxConnections: 2 });
  const [first, second] = [await dial(t, port), await dial(t, port)];
  await until('both are accepted', () => of('accepted').length === 2);
  const third = await dial(t, port);
  third.socket.resume();
  await once(third.socket, 'close');
  await until('it is said', () =>
    lines.includes('Refused a new connection: 2 were open, and no more are allowed'),
  );
  assert.equal(third.received().length, 0);
  second.socket.write('still here\n');
  await until('the others are served', () => second.received().length > 0);
  first.socket.end();
  await until('one has gone', () => of('ended').length === 1);
  const fourth = await dial(t, port);
  fourth.socket.write('me too\n');
  await until('the next one is served', () => fourth.received().length > 0);
  assert.equal(fourth.received().toString(), 'You said: me too\n');
});

test('a flood of refused connections is counted in few lines, and none is lost from the count', async (t) => {
  const { lines, server, of, port } = await serve(t, { maxConnections: 1 });
  await dial(t, port);
  await until('the only one is accepted', () => of('accepted').length === 1);
  for (let count = 0; count < 40; count += 1) {
    const { socket } = await dial(t, port);
    socket.resume();
    await once(socket, 'close');
  }
  await server.stop();
  const said = lines.flatMap((line) => /^Refused (a|[0-9]+) new connection/.exec(line)?.[1] ?? []);
  assert.equal(
    said.reduce((sum, count) => sum + (count === 'a' ? 1 : Number(count)), 0),
    40,
  );
  assert.ok(said.length < 40);
});
