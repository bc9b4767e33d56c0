// A server that misbehaves on purpose, against raw sockets and against our own client.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { parseEndpoint } from '../../src/model/endpoint.ts';
import { startFleet } from '../../src/probe/fleet.ts';
import type { Misbehaviour } from '../../src/probe/misbehaviour.ts';
import { startServer } from '../../src/probe/server.ts';
import { dial } from './loopback.ts';
import { record, until } from './recording.ts';

async function serve(t: TestContext, misbehaviour: Misbehaviour, deadlineMs = 30_000) {
  const recording = record();
  const server = await startServer(
    { listen: { address: '127.0.0.1', port: 0 }, deadlineMs, maxLine: 1_000, misbehaviour },
    recording.surroundings,
  );
  t.after(() => server.stop());
  return { ...recording, port: parseEndpoint(server.local)?.port ?? 0 };
}

/** How the peer learns of the end. */
async function endOf(t: TestContext, port: number): Promise<string | undefined> {
  const { socket } = await dial(t, port);
  return await new Promise<string | undefined>((resolve) => {
    socket.once('end', () => resolve('FIN'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
}

test('closing with fin is an end of stream to the peer, and the server says that it closed', async (t) => {
  const { of, port } = await serve(t, { closeEveryMs: 50, closeWith: 'fin' });
  assert.equal(await endOf(t, port), 'FIN');
  await until('it is over', () => of('ended').length === 1);
  const [ended] = of('ended');
  assert.deepEqual([ended?.failure, ended?.errno, ended?.syscall], ['closed', 'CLOSED', 'close']);
});

test('closing with reset resets the peer, and the server goes on accepting', async (t) => {
  const { of, port } = await serve(t, { closeEveryMs: 50, closeWith: 'reset' });
  assert.equal(await endOf(t, port), 'ECONNRESET');
  assert.equal(await endOf(t, port), 'ECONNRESET');
  assert.equal(of('accepted').length, 2);
});

test('closing with input unread resets a peer whose question was not read', async (t) => {
  const { port } = await serve(t, { closeEveryMs: 400, closeWith: 'unread' });
  // The server is deaf for a hundred milliseconds before it closes. A peer that was not run in all that time, on a busy machine, has
  // asked nothing, and its connection ends in an orderly way: then the next one is looked at.
  let end = 'FIN';
  for (let attempt = 0; attempt < 10 && end === 'FIN'; attempt++) end = await askUntilClosed(t, port);
  assert.ok(end === 'ECONNRESET' || end === 'EPIPE', end);
});

/** Asks every 5 ms; resolves, when the connection is over, with how the peer learnt of it. */
async function askUntilClosed(t: TestContext, port: number): Promise<string> {
  // In a thread of its own: a deaf server holds up the whole of ours.
  const peer = new Worker(
    `const { connect } = require('node:net');
    const { parentPort, workerData } = require('node:worker_threads');
    const socket = connect(workerData, '127.0.0.1');
    let end = 'FIN';
    socket.on('error', (error) => (end = error.code)).resume();
    const asking = setInterval(() => socket.write('still there?\\n'), 5);
    socket.once('close', () => {
      clearInterval(asking);
      parentPort.postMessage(end);
    });`,
    { eval: true, workerData: port },
  );
  t.after(() => peer.terminate());
  const [end] = (await once(peer, 'message')) as [string];
  return end;
}

test('a deadline ends as the server is told to end connections', async (t) => {
  const { port } = await serve(t, { closeWith: 'reset' }, 50);
  assert.equal(await endOf(t, port), 'ECONNRESET');
  const orderly = await serve(t, { closeWith: 'fin' }, 50);
  assert.equal(await endOf(t, orderly.port), 'FIN');
});

test('lines that nobody asked for are never counted as answers by our client', async (t) => {
  const { port, of } = await serve(t, { pushEveryMs: 2, closeWith: 'fin' });
  const client = record();
  const fleet = startFleet(
    {
      target: { address: '127.0.0.1', port },
      ...{ connections: 1, periodMs: 20, timeoutMs: 10_000, maxLine: 1_000, className: 'c' },
    },
    client.surroundings,
  );
  t.after(() => fleet.stop());
  const pushes = () => client.lines.filter((line) => line.includes('Server says: still here')).length;
  const answers = () => client.lines.filter((line) => line.includes('You said: ')).length;
  await until('both kinds have come', () => pushes() > 20 && client.of('answered').length > 5);
  assert.equal(client.of('answered').length, answers());
  assert.equal(client.of('failed').length, 0);
  assert.equal(of('ended').length, 0);
});

test('pushing ends with the connection, and the server can stop', async (t) => {
  const { port, of } = await serve(t, { pushEveryMs: 2, closeWith: 'fin' });
  const { socket, received } = await dial(t, port);
  await until('something is pushed', () => received().length > 0);
  assert.match(received().toString(), /^(Server says: still here\n)+$/);
  socket.resetAndDestroy();
  await until('it is over', () => of('ended').length === 1);
});

test('memory that is taken is let go again, and the server goes on', async (t) => {
  const bytes = 64 * 1_024 ** 2;
  const { port } = await serve(t, { closeWith: 'fin', memory: { bytes, everyMs: 20, forMs: 0 } });
  const { socket } = await dial(t, port);
  const before = process.memoryUsage().arrayBuffers;
  for (let question = 0; question < 5; question += 1) {
    socket.write('still there?\n');
    await once(socket, 'data');
    await new Promise((next) => setTimeout(next, 25));
  }
  assert.ok(process.memoryUsage().arrayBuffers < before + bytes);
});

test('clients that end their connections do it by a RST, or in order once they have read their answer, and dial again', async (t) => {
  for (const [closeWith, server, client] of [
    ['reset', 'ECONNRESET', 'ABORTED'],
    ['fin', 'EOF', undefined],
  ] as const) {
    const { of, port } = await serve(t, { closeWith: 'fin' });
    const own = record();
    const fleet = startFleet(
      {
        ...{ target: { address: '127.0.0.1', port }, connections: 2, periodMs: 3_600_000, timeoutMs: 30_000 },
        ...{ maxLine: 1_000, className: 'client', misbehaviour: { closeEveryMs: 100, closeWith } },
      },
      own.surroundings,
    );
    t.after(() => fleet.stop());
    await until('each was ended twice', () => of('ended').length >= 4);
    const [ended] = of('ended');
    // A RST that meets the server while it writes its answer is an EPIPE there.
    assert.equal(ended?.errno === 'EPIPE' ? 'ECONNRESET' : ended?.errno, server);
    const [failed] = own.of('failed');
    assert.deepEqual([failed?.errno, failed?.syscall], [client, client && 'close']);
    assert.equal(own.of('finished').length > 0, closeWith === 'fin');
    assert.ok(own.of('connected').length >= 4);
    await fleet.stop();
  }
});
