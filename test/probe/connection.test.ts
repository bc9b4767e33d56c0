// Dialling: names that cannot be found, names with several addresses, and servers that do not even complete the handshake.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import type { LookupAddress } from 'node:dns';
import { createAfterBurst } from '../../src/probe/after-burst.ts';
import { emptyBooks } from '../../src/probe/books.ts';
import { openConnection } from '../../src/probe/connection.ts';
import type { Connection } from '../../src/probe/connection-settings.ts';
import { createDeadlines } from '../../src/probe/deadlines.ts';
import { createSharedLookup, type Resolve } from '../../src/probe/lookup.ts';
import { question } from '../../src/probe/wire.ts';
import { listen, unusedPort } from './loopback.ts';
import { record, until } from './recording.ts';

function open(t: TestContext, host: string, port: number, resolve: Resolve, timeoutMs = 30_000) {
  const recording = record();
  const { surroundings } = recording;
  const deadlines = createDeadlines<Connection>(timeoutMs, surroundings.clock, (late) => late.expire());
  const told: string[] = [];
  const connection = openConnection(
    {
      target: { address: host, port },
      className: 'client',
      quiet: false,
      question,
      maxLine: 100,
      lookup: createSharedLookup(resolve),
      input: Buffer.alloc(65_536),
      books: emptyBooks(),
      owner: {
        connected: () => void told.push('connected'),
        lost: (_, life) => void told.push(`lost ${life !== null}`),
        closed: () => undefined,
        portTaken: () => false,
      },
      deadlines,
      burst: createAfterBurst(surroundings.clock),
      surroundings,
    },
    { connection: 0, slot: 0, slotAnswered: false },
  );
  t.after(() => {
    connection.abort();
    deadlines.stop();
  });
  return { ...recording, connection, told };
}

function resolvesTo(...addresses: string[]): Resolve {
  const all: LookupAddress[] = addresses.map((address) => ({ address, family: 4 }));
  return (_, __, answer) => setImmediate(answer, null, all);
}

test('a name that nobody knows is told as Go tells it', async (t) => {
  const unknown = Object.assign(new Error(), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
  const { lines, of, told } = open(t, 'netdebug', 8_080, (_, __, answer) =>
    setImmediate(answer, unknown, []),
  );
  await until('it fails', () => told.length === 1);
  assert.deepEqual(lines, ['Error connecting to server: dial tcp: lookup netdebug: no such host']);
  const [failed] = of('failed');
  assert.deepEqual(
    [failed?.errno, failed?.syscall, failed?.remote],
    ['ENOTFOUND', 'getaddrinfo', 'netdebug:8080'],
  );
  assert.deepEqual(told, ['lost false']);
});

test('a resolver that does not answer is given up after the timeout', async (t) => {
  const { lines, of, told } = open(t, 'netdebug', 8_080, () => undefined, 30);
  await until('it fails', () => told.length === 1);
  assert.deepEqual(lines, ['Error connecting to server: dial tcp: lookup netdebug: i/o timeout']);
  assert.deepEqual([of('failed')[0]?.failure, of('failed')[0]?.syscall], ['timeout', 'getaddrinfo']);
});

test('when the first address of a name refuses, the next one is tried, and named in the events', async (t) => {
  const { port } = await listen(t, () => undefined);
  const { lines, of, told } = open(t, 'netdebug', port, resolvesTo('127.0.0.2', '127.0.0.1'));
  await until('it connects', () => told.length === 1);
  assert.deepEqual(told, ['connected']);
  assert.deepEqual(lines, [`Connected to server at: netdebug:${port}`]);
  assert.equal(of('connected')[0]?.remote, `127.0.0.1:${port}`);
});

test('when all addresses refuse, the first one is told', async (t) => {
  const port = await unusedPort();
  const { lines, of, told } = open(t, 'netdebug', port, resolvesTo('127.0.0.2', '127.0.0.1'));
  await until('it fails', () => told.length === 1);
  assert.deepEqual(lines, [
    `Error connecting to server: dial tcp 127.0.0.2:${port}: connect: connection refused`,
  ]);
  assert.equal(of('failed')[0]?.remote, `127.0.0.2:${port}`);
});

test('an IPv6 target is written in brackets', async (t) => {
  const port = await unusedPort();
  const { lines, told } = open(t, '::1', port, resolvesTo());
  await until('it fails', () => told.length === 1);
  assert.ok(lines[0]?.startsWith(`Error connecting to server: dial tcp [::1]:${port}: connect: `), lines[0]);
});

test('a server that does not complete the handshake is given up after the timeout', async (t) => {
  // A stopped process with a queue for two: the kernel drops the SYNs of everyone else.
  const program = `const s = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 },
    () => { console.log(s.address().port); process.kill(process.pid, 'SIGSTOP'); });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(text.toString());
  const attempts = Array.from({ length: 4 }, () => open(t, '127.0.0.1', port, resolvesTo(), 100));
  await until('one of four is given up', () => attempts.some(({ told }) => told.includes('lost false')));
  const lost = attempts.find(({ told }) => told.includes('lost false'))!;
  assert.deepEqual(lost.lines, [`Error connecting to server: dial tcp 127.0.0.1:${port}: i/o timeout`]);
  const [failed] = lost.of('failed');
  assert.deepEqual(
    [failed?.failure, failed?.errno, failed?.syscall, failed?.phase],
    ['timeout', 'DEADLINE', 'connect', 'connecting'],
  );
});

test('finishing while it still dials reports nothing, for there is no connection yet', async (t) => {
  const { connection, events, told } = open(t, 'netdebug', 8_080, () => undefined);
  await connection.finish();
  assert.deepEqual([events, told], [[], []]);
});
