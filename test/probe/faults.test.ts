// The client under faults: whatever the other side, the name or the clock does, each is told once and the books add up.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { imbalance } from '../../src/probe/books.ts';
import { startFleet, type FleetSettings } from '../../src/probe/fleet.ts';
import { listen } from './loopback.ts';
import { record, until, type Recording } from './recording.ts';

const balanced = { dialled: 0, connected: 0, sent: 0 };

function start(
  t: TestContext,
  port: number,
  settings: Partial<FleetSettings>,
  recording: Recording = record(),
) {
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

test('a server that answers late is waited for, and the answer counts for the probe that asked', async (t) => {
  const { port } = await listen(t, (socket) => {
    socket.on('data', () => setTimeout(() => socket.write('You said: late\n'), 300));
  });
  const { fleet, of } = start(t, port, { periodMs: 50 });
  await until('two answers came', () => of('answered').length >= 2);
  await fleet.stop();
  for (const { latencyMs } of of('answered')) assert.ok(latencyMs > 200, `${latencyMs} ms`);
  assert.equal(of('failed').length, 0);
  assert.deepEqual(imbalance(fleet.books), balanced);
});

test('a server that answers twice gets one answer counted for each probe, the rest is unasked', async (t) => {
  const { port } = await listen(t, (socket) => {
    socket.on('data', () => socket.write('You said: once\nYou said: twice\n'));
  });
  const { fleet, of } = start(t, port, { periodMs: 20 });
  await until('five answers came', () => of('answered').length >= 5);
  await fleet.stop();
  const { books } = fleet;
  assert.equal(books.answered, of('answered').length);
  assert.ok(
    Math.abs(books.unasked - books.answered) <= 1,
    `${books.unasked} unasked, ${books.answered} answered`,
  );
  assert.deepEqual(imbalance(books), balanced);
});

test("another connection's text is printed as it came, and does not end the connection", async (t) => {
  const { port } = await listen(t, (socket) => {
    socket.on('data', () => socket.write('You said: somebody else\0\xff\n', 'latin1'));
  });
  const { fleet, lines, of } = start(t, port, { periodMs: 20 });
  await until('it goes on', () => of('answered').length >= 3);
  await fleet.stop();
  assert.ok(lines.includes('Response from server: "You said: somebody else\\x00\\xff"'));
  assert.deepEqual(imbalance(fleet.books), balanced);
});

const phases: Readonly<Record<string, { serve: (socket: Socket) => void; phase: string; failure: string }>> =
  {
    'at once': { serve: (socket) => socket.resetAndDestroy(), phase: 'awaiting', failure: 'reset' },
    'at the question': {
      serve: (socket) => socket.on('data', () => socket.resetAndDestroy()),
      phase: 'awaiting',
      failure: 'reset',
    },
    'in the middle of the answer': {
      serve: (socket) =>
        socket.on('data', () => socket.write('You sa', () => setTimeout(() => socket.resetAndDestroy(), 50))),
      phase: 'awaiting',
      failure: 'reset',
    },
    'while idle': {
      serve: (socket) =>
        socket.on('data', () =>
          socket.write('You said: x\n', () => setTimeout(() => socket.resetAndDestroy(), 50)),
        ),
      phase: 'idle',
      failure: 'reset',
    },
    'after closing its half': {
      serve: (socket) =>
        socket.on('data', () => {
          socket.end('You said: bye\n');
          setTimeout(() => socket.resetAndDestroy(), 50);
        }),
      phase: 'idle',
      failure: 'closed',
    },
  };
for (const [when, { serve, phase, failure }] of Object.entries(phases)) {
  test(`a RST ${when} is one failure in its phase, and the next connection is made`, async (t) => {
    let accepted = 0;
    const { port } = await listen(t, (socket) => {
      accepted += 1;
      if (accepted === 1) serve(socket);
      else socket.on('data', () => socket.write('You said: hello again\n'));
    });
    const { fleet, of } = start(t, port, {});
    await until('the second connection is answered', () =>
      of('answered').some(({ connection }) => connection > 0),
    );
    await fleet.stop();
    const failed = of('failed');
    // A reset may overtake the handshake's end on this side; then it is told as one of the connecting phase.
    const early = when === 'at once' && failed[0]?.phase !== phase;
    assert.deepEqual(
      failed.map((event) => [early ? phase : event.phase, event.failure]),
      [[phase, failure]],
    );
    assert.deepEqual(imbalance(fleet.books), balanced);
  });
}

test('a wall clock that is set back an hour changes no duration and no rhythm', async (t) => {
  const { port } = await listen(t, (socket) => {
    socket.on('data', () => socket.write('You said: tick\n'));
  });
  const recording = record();
  const { clock } = recording.surroundings;
  let back = 0;
  const surroundings = {
    ...recording.surroundings,
    clock: { now: () => clock.now() - back, monotonic: () => clock.monotonic() },
  };
  const { fleet, of } = start(t, port, { periodMs: 20 }, { ...recording, surroundings });
  await until('it is answered', () => of('answered').length >= 3);
  back = 3_600_000_000;
  const before = of('answered').length;
  await until('it goes on', () => of('answered').length >= before + 5);
  await fleet.stop();
  for (const { latencyMs, lateMs } of of('answered')) assert.ok(latencyMs < 10_000 && lateMs < 10_000);
  const [finished] = of('finished');
  assert.ok((finished?.livedMs ?? Number.NaN) < 60_000);
  const times = of('answered').map(({ at }) => at);
  assert.ok(
    times.some((at, place) => at < (times[place - 1] ?? '')),
    'the events show the step',
  );
  assert.deepEqual(imbalance(fleet.books), balanced);
});

/** Names as we say: each look-up gets what is current then. */
function names(first: string) {
  let address: string | null = first;
  const resolve: FleetSettings['resolve'] = (host, _options, answer) => {
    const now = address;
    setImmediate(() => {
      if (now !== null) answer(null, [{ address: now, family: 4 }]);
      else
        answer(
          Object.assign(new Error('not found'), {
            code: 'ENOTFOUND',
            syscall: 'getaddrinfo',
            hostname: host,
          }),
          [],
        );
    });
  };
  return { resolve, change: (now: string | null) => (address = now) };
}

test('a name that stops resolving costs no connection that is there, and later ones are made when it resolves again', async (t) => {
  const { port, sockets } = await listen(t, (socket) =>
    socket.on('data', () => socket.write('You said: here\n')),
  );
  const { resolve, change } = names('127.0.0.1');
  const target = { address: 'server.example', port };
  const { fleet, of } = start(t, port, { target, resolve, periodMs: 50 });
  await until('it is answered', () => of('answered').length >= 1);
  change(null);
  const before = of('answered').length;
  await until('the connection lives on', () => of('answered').length > before + 2);
  sockets[0]?.resetAndDestroy();
  await until('the name is missed', () => of('failed').some(({ phase }) => phase === 'connecting'));
  const [, missed] = of('failed');
  assert.deepEqual([missed?.errno, missed?.phase], ['ENOTFOUND', 'connecting']);
  change('127.0.0.1');
  await until('it is connected again', () => of('connected').length === 2);
  await fleet.stop();
  assert.deepEqual(imbalance(fleet.books), balanced);
});

test('an address that changes is dialled by the next connection, not by those that are there', async (t) => {
  const { port, sockets } = await listen(t, (socket) =>
    socket.on('data', () => socket.write('You said: one\n')),
  );
  const second = createServer((socket) => socket.on('data', () => socket.write('You said: two\n'))).listen(
    port,
    '127.0.0.2',
  );
  await once(second, 'listening');
  t.after(() => second.close());
  const { resolve, change } = names('127.0.0.1');
  const { fleet, of } = start(t, port, {
    target: { address: 'server.example', port },
    resolve,
    periodMs: 50,
  });
  await until('it is answered', () => of('answered').length >= 1);
  change('127.0.0.2');
  const before = of('answered').length;
  await until('the connection stays', () => of('answered').length > before + 2);
  sockets[0]?.resetAndDestroy();
  await until('the next one is answered', () => of('answered').some(({ connection }) => connection === 1));
  await fleet.stop();
  assert.deepEqual(
    of('connected').map(({ remote }) => remote),
    [`127.0.0.1:${port}`, `127.0.0.2:${port}`],
  );
  assert.deepEqual(imbalance(fleet.books), balanced);
});

test('a chosen local port that another program has is no failure: the next one is taken', async (t) => {
  const { port } = await listen(t, (socket) => socket.on('data', () => socket.write('You said: hello\n')));
  // Listening sockets that do not share their port, on the first two ports of the range.
  const firsts = await Promise.all(
    [0, 1].map(async (offset) => {
      const other = createServer().listen(41_230 + offset, '127.0.0.5');
      await once(other, 'listening');
      t.after(() => other.close());
      return 41_230 + offset;
    }),
  );
  const { fleet, of } = start(t, port, {
    ...{ connections: 2, periodMs: 50, sources: ['127.0.0.5'] },
    sourcePorts: { first: 41_230, last: 41_240 },
  });
  await until('both are answered', () => new Set(of('answered').map(({ slot }) => slot)).size === 2);
  await fleet.stop();
  assert.deepEqual(of('failed'), []);
  const locals = of('connected').map(({ local }) => Number(local?.split(':')[1]));
  assert.ok(
    locals.every((local) => local > 41_231 && local <= 41_240 && !firsts.includes(local)),
    String(locals),
  );
  assert.deepEqual(imbalance(fleet.books), balanced);
});
