// A server that accepts and closes is not dialled at full speed, and its closing is not called a reset.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { imbalance } from '../../src/probe/books.ts';
import { startFleet } from '../../src/probe/fleet.ts';
import { listen } from './loopback.ts';
import { record, until } from './recording.ts';

/** A fleet whose timers only run when the test lets time pass. */
function start(t: TestContext, port: number) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const recording = record();
  const settings = { periodMs: 3_600_000, timeoutMs: 3_600_000, maxLine: 1_000, className: 'client' };
  const target = { address: '127.0.0.1', port };
  const fleet = startFleet({ target, connections: 1, ...settings, random: () => 1 }, recording.surroundings);
  t.after(() => {
    t.mock.timers.reset();
    return fleet.stop();
  });
  const pass = (milliseconds: number) => {
    recording.advance(milliseconds);
    t.mock.timers.tick(milliseconds);
  };
  pass(1);
  return { ...recording, fleet, pass };
}

/** Time for whatever needs no timer. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const answer = (socket: Socket) => void socket.write('You said: Soy todo oídos!\n');

test('after each connection that was closed at once the next one waits twice as long, until one is answered', async (t) => {
  let closing = true;
  const { port, sockets } = await listen(t, (socket) => {
    if (closing) socket.end();
    else socket.on('data', () => answer(socket));
  });
  const { fleet, of, pass } = start(t, port);
  for (let failures = 1; failures <= 8; failures++) {
    await until(`it failed ${failures} times`, () => of('failed').length === failures);
    await turns();
    assert.equal(sockets.length, failures, 'it dialled without waiting');
    pass(50 * 2 ** (failures - 1) + 1);
  }
  await until('it failed for the ninth time', () => of('failed').length === 9);
  closing = false;
  pass(30_000);
  await until('it is connected', () => sockets.length === 10 && of('connected').length === 10);
  pass(101);
  await until('it is answered', () => of('answered').length === 1);
  sockets.at(-1)?.end();
  // Now without a timer: what happens right after a connection that was answered is what this client is for.
  await until('it is connected again at once', () => of('connected').length === 11);
  assert.deepEqual(
    new Set(of('failed').map(({ failure }) => failure)),
    new Set(['closed']),
    'a close is told as a close',
  );
  t.mock.timers.reset();
  await fleet.stop();
  assert.deepEqual(imbalance(fleet.books), { dialled: 0, connected: 0, sent: 0 });
});

test('where none is answered the next connection listens first, so that a close with the question unread is no reset', async (t) => {
  const { port } = await listen(t, (socket) => {
    socket.pause();
    // Not read: closing now would send a RST if the question were there.
    setImmediate(() => setImmediate(() => socket.destroy()));
  });
  const { of, pass } = start(t, port);
  await until('the first one failed', () => of('failed').length === 1);
  for (let failures = 2; failures <= 6; failures++) {
    pass(30_000);
    await until('the next one failed', () => of('failed').length === failures);
  }
  const later = of('failed').slice(1);
  assert.deepEqual(
    later.map(({ failure, phase }) => [failure, phase]),
    later.map(() => ['closed', 'idle']),
  );
});

test('a server that answers each connection once and closes it is dialled anew at once only the first time', async (t) => {
  const { port, sockets } = await listen(t, (socket) => {
    socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\n'));
  });
  const { of, pass } = start(t, port);
  await until('two were closed', () => of('failed').length === 2);
  await turns();
  assert.equal(sockets.length, 2);
  pass(51);
  await until('the third was closed', () => of('failed').length === 3);
  await turns();
  assert.equal(sockets.length, 3);
});

test('that it has become slow is said once', async (t) => {
  const { port } = await listen(t, (socket) => socket.end());
  const { lines, of, pass } = start(t, port);
  for (let rounds = 1; rounds <= 12; rounds++) {
    await until(`it failed ${rounds} times`, () => of('failed').length === rounds);
    pass(30_000);
  }
  const said = lines.filter((line) => line.startsWith('Connections are made but do not last'));
  assert.equal(said.length, 1);
});
