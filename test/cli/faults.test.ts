// The programs when the machine lets them down: no file descriptors left, stopped for seconds, a worker that dies.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dial, unusedPort } from '../probe/loopback.ts';
import { until } from '../probe/recording.ts';
import { mainScript } from '../program.ts';
import { runProgram } from './running-program.ts';

const onLinux = { skip: process.platform !== 'linux' && 'needs Linux' };

test(
  'a server without descriptors refuses, says so, and goes on when there are some again',
  onLinux,
  async (t) => {
    const port = await unusedPort();
    // 100 in all leave the server room for a handful of connections beside what Node itself holds.
    const shell = `ulimit -n 100 && exec "$0" "$@"`;
    const words = [
      mainScript,
      'server',
      '--host',
      '127.0.0.1',
      '-p',
      String(port),
      '--max-connections',
      '1000',
    ];
    const child = spawn('/bin/sh', ['-c', shell, process.execPath, ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    const closed = once(child, 'close');
    t.after(async () => {
      child.kill('SIGKILL');
      await closed;
    });
    await until('it listens', () => log.includes('accepting connections'));
    const first = await dial(t, port);
    first.socket.write('before\n');
    await until('it answers', () => first.received().length > 0);
    const flood = await Promise.all(Array.from({ length: 80 }, () => dial(t, port)));
    await until('it says that there is no room', () =>
      /Refused .*: [0-9]+ were open, and no more are allowed/.test(log),
    );
    first.socket.write('meanwhile\n');
    await until('the old connection lives on', () => first.received().toString().includes('meanwhile'));
    for (const { socket } of flood) socket.destroy();
    await until(
      'the flood is gone',
      () => (log.match(/EOF|reset by peer|closed without a byte/g) ?? []).length > 0,
    );
    const last = await dial(t, port);
    last.socket.write('after\n');
    await until('a new connection is answered', () => last.received().toString() === 'You said: after\n');
  },
);

test(
  'a client that was stopped for a while blames nobody, and its events show that it was its own stall',
  onLinux,
  async (t) => {
    const port = await unusedPort();
    const server = runProgram(t, 'server', '--host', '127.0.0.1', '-p', String(port));
    await until('it listens', () => server.stderr().includes('accepting'));
    const words = [
      '-H',
      '127.0.0.1',
      '-p',
      String(port),
      '--connections',
      '5',
      '-t',
      '100ms',
      '--timeout',
      '1s',
    ];
    const client = runProgram(t, 'client', ...words, '--events', '-');
    await until(
      'all are answered',
      () => client.events().filter(({ event }) => event === 'answered').length > 10,
    );
    client.child.kill('SIGSTOP');
    await sleep(2_500);
    const before = client.events().length;
    client.child.kill('SIGCONT');
    await until('it goes on', () => client.events().length > before + 20);
    client.child.kill('SIGTERM');
    assert.equal(await client.exit(), 0);
    const events = client.events();
    assert.equal(events.filter(({ event }) => event === 'failed').length, 0);
    assert.ok(
      events.some(({ loopDelayMs }) => loopDelayMs > 2_000),
      'no event shows the stall',
    );
    assert.match(client.stderr(), /Sent [0-9]+ probes on 5 connections: [0-9]+ answered, 0 failed/);
  },
);

async function serveTogether(t: TestContext, workers: number) {
  const port = await unusedPort();
  const server = runProgram(
    t,
    'server',
    '--host',
    '127.0.0.1',
    '-p',
    String(port),
    '--workers',
    String(workers),
    '--events',
    '-',
  );
  await until(
    'all listen',
    () => server.events().filter(({ event }) => event === 'listening').length === workers,
  );
  return { server, port };
}

test(
  'workers share the connections, and their events make one file with each slot once',
  onLinux,
  async (t) => {
    const { server, port } = await serveTogether(t, 2);
    const words = [
      '-H',
      '127.0.0.1',
      '-p',
      String(port),
      '--connections',
      '31',
      '--workers',
      '3',
      '-t',
      '300ms',
    ];
    const client = runProgram(
      t,
      'client',
      ...words,
      '--source-address',
      '127.0.0.2,127.0.0.3',
      '--events',
      '-',
    );
    const connected = () => client.events().filter((event) => event.event === 'connected');
    await until('all are connected', () => connected().length === 31);
    client.child.kill('SIGTERM');
    assert.equal(await client.exit(), 0);
    const numbers = connected()
      .map((event) => event.slot)
      .toSorted((a, b) => a - b);
    assert.deepEqual(
      numbers,
      Array.from({ length: 31 }, (_, number) => number),
    );
    assert.equal(new Set(connected().map((event) => event.connection)).size, 31);
    const sources = new Set(connected().map((event) => event.local?.split(':')[0]));
    assert.deepEqual(sources, new Set(['127.0.0.2', '127.0.0.3']));
    assert.equal(client.events().filter(({ event }) => event === 'finished').length, 31);
    server.child.kill('SIGINT');
    assert.equal(await server.exit(), 130);
    const of = (name: string) => server.events().filter(({ event }) => event === name).length;
    assert.deepEqual([of('accepted'), of('ended')], [31, 31]);
  },
);

test('when one worker cannot start, the others end and the exit code is its', onLinux, async (t) => {
  const server = runProgram(t, 'server', '--host', '203.0.113.1', '-p', '9', '--workers', '2');
  assert.equal(await server.exit(), 64);
  assert.match(server.stderr(), /worker [12] of 2 ended with exit code 64; the others end too/);
});

test('workers without a port to share, and more ports than there are, are refused in a sentence', async (t) => {
  const server = runProgram(t, 'server', '-p', '0', '--workers', '2');
  assert.equal(await server.exit(), 64);
  assert.match(server.stderr(), /^netdebug: --workers: they share one port/);
  const client = runProgram(t, 'client', '--connections', '3', '--workers', '4');
  assert.equal(await client.exit(), 64);
  const sources = runProgram(t, 'client', '--source-address', '10.0.0.7,here');
  assert.equal(await sources.exit(), 64);
  assert.match(sources.stderr(), /"here" is no IP address/);
});

test('each worker needs open files for its own connections only', onLinux, async () => {
  // 100 in all: room for 36 connections a process.
  const shell = `ulimit -n 100 && exec "$0" "$@"`;
  const client = async (connections: number) => {
    const words = [
      'client',
      '-H',
      '127.0.0.1',
      '-p',
      '9',
      '--connections',
      String(connections),
      '--workers',
      '2',
    ];
    const child = spawn(
      '/bin/sh',
      ['-c', shell, process.execPath, mainScript, ...words, '--duration', '300ms'],
      {
        stdio: 'ignore',
      },
    );
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  };
  assert.deepEqual([await client(60), await client(80)], [0, 69]);
});
