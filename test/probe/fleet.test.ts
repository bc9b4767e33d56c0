// The client against listeners on loopback: every way a connection can end, its log line word for word, and what comes after.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { startFleet, type FleetSettings } from '../../src/probe/fleet.ts';
import { listen, unusedPort } from './loopback.ts';
import { record, until } from './recording.ts';

const connectedLine = (port: number) => `Connected to server at: 127.0.0.1:${port}`;
const answerLine = 'Response from server: "You said: Soy todo oídos!"';

function start(t: TestContext, port: number, settings: Partial<FleetSettings> = {}) {
  const recording = record();
  const fleet = startFleet(
    {
      target: { address: '127.0.0.1', port },
      connections: 1,
      periodMs: 3_600_000,
      timeoutMs: 30_000,
      maxLine: 65_536,
      className: 'client',
      ...settings,
    },
    recording.surroundings,
  );
  t.after(() => fleet.stop());
  return { ...recording, fleet };
}

function echo(socket: Socket): void {
  socket.on('data', (chunk: Buffer) => socket.write(`You said: ${chunk.toString()}`));
  socket.on('end', () => socket.end());
}

test('it connects, asks at once and prints the answer', async (t) => {
  const { port, sockets } = await listen(t, echo);
  const { lines, of } = start(t, port, { className: 'co-located' });
  await until('it is answered', () => of('answered').length === 1);
  assert.deepEqual(lines, [connectedLine(port), answerLine]);
  const [connected] = of('connected');
  const [answered] = of('answered');
  assert.equal(connected?.class, 'co-located');
  assert.equal(connected.local, `127.0.0.1:${sockets[0]?.remotePort}`);
  assert.equal(connected.remote, `127.0.0.1:${port}`);
  assert.deepEqual([answered?.connection, answered?.slot, answered?.answers], [0, 0, 1]);
  assert.equal(answered?.local, connected.local);
});

test('it asks again every period', async (t) => {
  const { port } = await listen(t, echo);
  const { of } = start(t, port, { periodMs: 10 });
  await until('five answers came', () => of('answered').length >= 5);
  const answers = of('answered').map((event) => event.answers);
  assert.deepEqual(
    answers,
    Array.from(answers, (_, index) => index + 1),
  );
  assert.equal(of('connected').length, 1);
});

test('each slot has its own period, in turn', async (t) => {
  const { port } = await listen(t, echo);
  const { of } = start(t, port, { connections: 3, periodMs: 30, periodsMs: [10, 3_600_000] });
  await until(
    'the first and the third go on',
    () => of('answered').filter(({ slot }) => slot !== 1).length >= 8,
  );
  const answersOf = (number: number) => of('answered').filter(({ slot }) => slot === number).length;
  assert.ok(answersOf(0) > 2 && answersOf(2) > 2);
  assert.ok(answersOf(1) <= 1);
});

test('nothing is asked on a connection that was idle for longer than the limit: it is closed in order, and another one made', async (t) => {
  const { port, sockets } = await listen(t, echo);
  const { of } = start(t, port, { periodMs: 40, idleLimitMs: 10 });
  await until('three are answered', () => of('answered').length >= 3);
  assert.deepEqual(
    of('answered')
      .map(({ connection, answers }) => [connection, answers])
      .slice(0, 3),
    [
      [0, 1],
      [1, 1],
      [2, 1],
    ],
  );
  assert.deepEqual([of('failed').length, of('finished').length >= 2], [0, true]);
  assert.ok(sockets.slice(0, 2).every(({ errored }) => errored === null));
});

test('a failure says for how long an answer was waited for, where one was', async (t) => {
  const { port, sockets } = await listen(t, (socket) => void socket.resume());
  const { of } = start(t, port);
  await until('it is asked', () => (sockets[0]?.bytesRead ?? 0) > 0);
  sockets[0]?.resetAndDestroy();
  await until('it is reset', () => of('failed').length === 1);
  const waited = of('failed')[0]?.waitedMs ?? -1;
  assert.ok(waited >= 0 && waited < 30_000, String(waited));
});

test('each failure says whether its slot had had an answer before', async (t) => {
  const port = await unusedPort();
  const { of } = start(t, port);
  await until('it is refused', () => of('failed').length === 1);
  const server = createServer(echo);
  t.after(() => server.close());
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(port, '127.0.0.1');
  await until('it is answered', () => of('answered').length === 1);
  sockets.at(-1)?.resetAndDestroy();
  await until('it is reset', () => of('failed').length >= 2 && of('answered').length === 2);
  server.close();
  sockets.at(-1)?.resetAndDestroy();
  await until('it is refused again', () => of('failed').at(-1)?.failure === 'refused');
  const said = of('failed').map(({ failure, slotAnswered }) => `${failure} ${String(slotAnswered)}`);
  assert.deepEqual([...new Set(said)], ['refused false', 'reset true', 'refused true']);
});

test('when the server closes it says EOF and connects again at once', async (t) => {
  // Time stands still: whatever waits for a timer never happens.
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { port, sockets } = await listen(t, echo);
  const { lines, of } = start(t, port);
  t.mock.timers.tick(0);
  await until('it is answered', () => of('answered').length === 1);
  sockets[0]?.end();
  await until('it is answered again', () => of('answered').length === 2);
  assert.deepEqual(lines, [connectedLine(port), answerLine, 'EOF', connectedLine(port), answerLine]);
  const [failed] = of('failed');
  assert.deepEqual([failed?.failure, failed?.errno, failed?.phase], ['closed', 'EOF', 'idle']);
  assert.equal(failed?.answers, 1);
  assert.ok(failed.lastGoodAt !== null && failed.lastGoodAt >= of('answered')[0]!.at.slice(0, 19));
  assert.deepEqual(
    of('connected').map(({ connection, slot }) => [connection, slot]),
    [
      [0, 0],
      [1, 0],
    ],
  );
});

test('a reset is told in the words of Go, and it connects again at once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { port, sockets } = await listen(t, echo);
  const { lines, of } = start(t, port);
  t.mock.timers.tick(0);
  await until('it is answered', () => of('answered').length === 1);
  sockets[0]?.resetAndDestroy();
  await until('it is connected again', () => of('connected').length === 2);
  const local = of('connected')[0]?.local ?? '';
  assert.equal(lines[2], `read tcp ${local}->127.0.0.1:${port}: read: connection reset by peer`);
  assert.equal(lines[3], connectedLine(port));
});

test('when nobody listens it says so, and tries again after a second, not before', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const port = await unusedPort();
  const { advance, lines, of } = start(t, port);
  const refusal = `Error connecting to server: dial tcp 127.0.0.1:${port}: connect: connection refused`;
  const pass = (milliseconds: number) => {
    advance(milliseconds);
    t.mock.timers.tick(milliseconds);
  };
  pass(1);
  await until('it is refused', () => of('failed').length === 1);
  const [first] = of('failed');
  assert.deepEqual([first?.failure, first?.errno, first?.phase], ['refused', 'ECONNREFUSED', 'connecting']);
  // The port that it was refused at is known, though nothing was connected: by it the attempt is found in captures.
  assert.match(first?.local ?? '', /^127\.0\.0\.1:[1-9][0-9]*$/);
  assert.deepEqual([first?.livedMs, first?.lastGoodAt], [0, null]);

  const server = createServer(echo).listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close());
  // The clock runs on by itself a little while this test does; half a second leaves room for that.
  pass(500);
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(of('connected').length, 0);
  pass(501);
  await until('it is answered', () => of('answered').length === 1);
  assert.deepEqual(lines, [refusal, connectedLine(port), answerLine]);
  assert.equal(of('connected')[0]?.connection, 1);
});

test('a server that never answers is given up after the timeout, and dialled again', async (t) => {
  const { port } = await listen(t, () => undefined);
  const { lines, of } = start(t, port, { timeoutMs: 50 });
  await until('it has connected again', () => of('connected').length === 2);
  const [failed] = of('failed');
  assert.equal(lines[1], `read tcp ${failed?.local ?? ''}->127.0.0.1:${port}: i/o timeout`);
  assert.deepEqual(
    [failed?.failure, failed?.errno, failed?.syscall, failed?.phase],
    ['timeout', 'DEADLINE', 'read', 'awaiting'],
  );
});

test('an idle connection is not given up, however short the timeout', async (t) => {
  const { port } = await listen(t, echo);
  const { of } = start(t, port, { timeoutMs: 40, periodMs: 200 });
  await until('three answers came', () => of('answered').length === 3);
  assert.equal(of('failed').length, 0);
});

test('ticks are left out while an answer is missing', async (t) => {
  const asked: string[] = [];
  const { port, sockets } = await listen(t, (socket) => {
    socket.on('data', (chunk: Buffer) => asked.push(chunk.toString()));
  });
  const { of, surroundings } = start(t, port, { periodMs: 5 });
  await until('it has asked', () => asked.length === 1);
  const since = surroundings.clock.monotonic();
  await until('ten periods have passed', () => surroundings.clock.monotonic() > since + 50);
  assert.deepEqual(asked, ['Soy todo oídos!\n']);
  sockets[0]?.write('You said: Soy todo oídos!\n');
  await until('it asks again', () => asked.length === 2);
  assert.equal(of('answered').length, 1);
});

test('whatever comes is printed quoted, but a line that nobody asked for is no answer', async (t) => {
  const { port, sockets } = await listen(t, () => undefined);
  const { lines, of } = start(t, port);
  await until('it is accepted', () => sockets.length === 1);
  sockets[0]?.write(Buffer.from('"\xff\tone\nunasked\n', 'latin1'));
  await until('both are printed', () => lines.length === 3);
  assert.deepEqual(lines.slice(1), [
    'Response from server: "\\"\\xff\\tone"',
    'Response from server: "unasked"',
  ]);
  assert.equal(of('answered').length, 1);
});

test('an answer longer than allowed ends the connection', async (t) => {
  const { port } = await listen(t, (socket) => void socket.write('x'.repeat(101)));
  const { lines, of } = start(t, port, { maxLine: 100 });
  await until('it is over', () => of('failed').length >= 1);
  const [failed] = of('failed');
  assert.deepEqual([failed?.failure, failed?.errno], ['other', 'EMSGSIZE']);
  assert.equal(lines[1], `read tcp ${failed?.local ?? ''}->127.0.0.1:${port}: line too long`);
});

test('each slot keeps its place and gets a new connection number when it connects again', async (t) => {
  const { port, sockets } = await listen(t, echo);
  const { of } = start(t, port, { connections: 4, periodMs: 80 });
  await until('all are answered', () => new Set(of('answered').map(({ slot }) => slot)).size === 4);
  assert.deepEqual(
    of('connected').map(({ connection, slot }) => [connection, slot]),
    [
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
    ],
  );
  sockets[2]?.resetAndDestroy();
  await until('it is connected again', () => of('connected').length === 5);
  assert.deepEqual([of('failed')[0]?.connection, of('failed')[0]?.slot], [2, 2]);
  assert.deepEqual([of('connected')[4]?.connection, of('connected')[4]?.slot], [4, 2]);
});

test('while the events pile up no probe is sent, and no connection is lost', async (t) => {
  let asked = 0;
  const { port } = await listen(t, (socket) => {
    socket.on('data', () => (asked += 1));
    echo(socket);
  });
  const { of, setCongested, surroundings } = start(t, port, { periodMs: 5 });
  await until('it is answered', () => of('answered').length >= 1);
  setCongested(true);
  const sent = asked;
  const since = surroundings.clock.monotonic();
  await until('ten periods have passed', () => surroundings.clock.monotonic() > since + 50);
  // One probe may have been on its way when the congestion began.
  assert.ok(asked <= sent + 1, `${asked - sent} probes`);
  const before = of('answered').length;
  setCongested(false);
  await until('it goes on', () => of('answered').length > before);
  assert.equal(of('failed').length, 0);
});

test('stopping reports every connection as finished and closes it with a FIN, even with an answer under way', async (t) => {
  const ended: string[] = [];
  const { port } = await listen(t, (socket) => {
    // Answers only after the client has closed its side, as a slow server would.
    socket.on('end', () => {
      ended.push('FIN');
      socket.end('You said: Soy todo oídos!\n');
    });
    socket.on('error', ({ message }) => ended.push(message));
    socket.resume();
  });
  const { events, fleet, of, lines } = start(t, port, { connections: 2, periodMs: 20 });
  await until('both are connected', () => of('connected').length === 2);
  await fleet.stop();
  assert.deepEqual(ended, ['FIN', 'FIN']);
  assert.deepEqual(
    events.slice(-2).map((event) => event.event),
    ['finished', 'finished'],
  );
  assert.deepEqual(
    of('finished').map(({ slot, answers }) => [slot, answers]),
    [
      [0, 0],
      [1, 0],
    ],
  );
  assert.equal(of('failed').length, 0);
  assert.deepEqual(lines, [connectedLine(port), connectedLine(port)]);
});

test('stopping does not wait for ever for a peer that never closes', async (t) => {
  const { port } = await listen(t, (socket) => void socket.resume());
  const { fleet, of } = start(t, port);
  await until('it is connected', () => of('connected').length === 1);
  await fleet.stop();
  assert.equal(of('finished').length, 1);
});

test('with a connect rate, connections that are all lost at once are made again one after the other', async (t) => {
  const arrivals: number[] = [];
  const { port, sockets } = await listen(t, (socket) => {
    arrivals.push(performance.now());
    echo(socket);
    socket.on('error', () => undefined);
  });
  const { of } = start(t, port, { connections: 5, periodMs: 60, connectRate: 25 });
  await until('all are connected', () => of('answered').some(({ slot }) => slot === 4));
  for (const socket of sockets.slice(0, 5)) socket.resetAndDestroy();
  await until('all are connected again', () => of('connected').length === 10);
  assert.deepEqual(new Set(of('connected').map(({ slot }) => slot)).size, 5);
  assert.equal(of('failed').filter(({ failure }) => failure === 'reset').length, 5);
  // 40 ms apart; a busy machine may make the gaps longer, and one of them shorter by as much as it was late with the one before.
  const again = arrivals.slice(5);
  assert.ok((again.at(-1) ?? 0) - (again[0] ?? 0) >= 100, again.join(' '));
});
