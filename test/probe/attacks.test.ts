// The server under attack: each peer gets what it deserves, nobody else notices, and nothing is leaked or left unsaid.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { parseEndpoint } from '../../src/model/endpoint.ts';
import { startServer, type ServerSettings } from '../../src/probe/server.ts';
import { dial } from './loopback.ts';
import { record, until } from './recording.ts';

async function serve(t: TestContext, settings: Partial<ServerSettings> = {}) {
  const recording = record();
  const server = await startServer(
    { listen: { address: '127.0.0.1', port: 0 }, deadlineMs: 30_000, maxLine: 65_536, ...settings },
    recording.surroundings,
  );
  t.after(() => server.stop());
  return { ...recording, port: parseEndpoint(server.local)?.port ?? 0 };
}

/** Resolves when the socket takes more, or never will. */
function writable(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['drain', 'close', 'error']) socket.once(event, () => resolve());
  });
}

/** Asks one question on a connection of its own. */
async function stillAnswers(t: TestContext, port: number): Promise<void> {
  const { socket, received } = await dial(t, port);
  socket.write('still there?\n');
  await until('it answers', () => received().toString() === 'You said: still there?\n');
  socket.destroy();
}

test('a line without end is cut at the maximum, however much is sent, and takes no more memory than that', async (t) => {
  const { of, port } = await serve(t, { maxLine: 1_000_000 });
  const { socket } = await dial(t, port);
  const before = process.memoryUsage().arrayBuffers;
  const piece = Buffer.alloc(65_536, 'x');
  let most = 0;
  for (let sent = 0; sent < 1_000 && of('ended').length === 0; sent++) {
    if (!socket.write(piece)) await writable(socket);
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  await until('it is cut', () => of('ended').length === 1);
  assert.equal(of('ended')[0]?.errno, 'EMSGSIZE');
  // Doubling a buffer of a million bytes takes three of it at most; the rest is this test's own.
  assert.ok(most < 16_000_000, `${most} bytes`);
  await stillAnswers(t, port);
});

test('ten thousand connects that leave at once are all accepted, ended and forgotten', async (t) => {
  const { of, port } = await serve(t);
  const before = openDescriptors();
  for (let made = 0; made < 10_000; made += 100) {
    // Where more wait to be accepted than may, the kernel forgets those that reset, and no server ever hears of them.
    await until('fewer wait to be accepted', () => made - of('accepted').length < 1_000);
    await Promise.all(
      Array.from({ length: 100 }, async (_, number) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        if (number % 2 === 0) socket.destroy();
        else socket.resetAndDestroy();
      }),
    );
  }
  await until('all have ended', () => of('ended').length === 10_000);
  assert.equal(of('accepted').length, 10_000);
  await until('no descriptor is left', () => openDescriptors() <= before);
  assert.deepEqual(new Set(of('ended').map(({ failure }) => failure)), new Set(['closed', 'reset']));
  await stillAnswers(t, port);
});

test('a reset in the middle of a line is told, with the answers that were given', async (t) => {
  const { lines, of, port } = await serve(t);
  const { socket, end, received } = await dial(t, port);
  socket.write('whole\nhal');
  await until('it is answered', () => received().length > 0);
  socket.resetAndDestroy();
  await until('it is over', () => of('ended').length === 1);
  const [ended] = of('ended');
  assert.deepEqual([ended?.failure, ended?.errno, ended?.answers], ['reset', 'ECONNRESET', 1]);
  assert.equal(lines.at(-1), `read tcp 127.0.0.1:${port}->${end}: read: connection reset by peer`);
});

test('a peer that closes its half while a line is unfinished gets nothing for it, and the end is an EOF', async (t) => {
  const { of, port } = await serve(t);
  const { socket, received } = await dial(t, port);
  socket.end('one\ntwo\nthr');
  await once(socket, 'close');
  assert.equal(received().toString(), 'You said: one\nYou said: two\n');
  const [ended] = of('ended');
  assert.deepEqual([ended?.failure, ended?.errno, ended?.answers], ['closed', 'EOF', 2]);
});

test('answers as long as the longest line come whole, also to a peer that reads little by little', async (t) => {
  const maxLine = 300_000;
  const { port } = await serve(t, { maxLine });
  const { socket, received, length } = await dial(t, port);
  const line = Buffer.alloc(maxLine, 'y');
  line[0] = 0xff;
  for (let count = 0; count < 20; count++) socket.write(Buffer.concat([line, Buffer.from('\n')]));
  const whole = Buffer.concat([Buffer.from('You said: '), line, Buffer.from('\n')]);
  let pauses = 0;
  socket.on('data', () => {
    if (pauses++ % 50 !== 0) return;
    socket.pause();
    setImmediate(() => socket.resume());
  });
  await until('all is there', () => length() >= 20 * whole.length);
  assert.deepEqual(received(), Buffer.concat(Array.from({ length: 20 }, () => whole)));
});

test('two peers whose answers get stuck at the same time each get their own bytes', async (t) => {
  const { port } = await serve(t, { maxLine: 100_000 });
  const peers = await Promise.all(
    ['a', 'b', 'c'].map(async (letter) => ({ letter, ...(await dial(t, port)) })),
  );
  const lines = 200;
  for (const { socket } of peers) socket.pause();
  for (let count = 0; count < lines; count++) {
    for (const { socket, letter } of peers) socket.write(`${letter.repeat(50_000)}\n`);
  }
  for (const { socket } of peers) socket.resume();
  for (const { letter, received, length } of peers) {
    const wanted = `You said: ${letter.repeat(50_000)}\n`;
    await until(`${letter} has all`, () => length() >= lines * wanted.length);
    assert.equal(received().toString(), wanted.repeat(lines));
  }
});

/** Of this process, the server's and the clients' both; 0 where the system does not list them. */
function openDescriptors(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
}
