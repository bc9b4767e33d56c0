// `netdebug client` as a process: its log word for word, its events, and every way to end it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startServer } from '../../src/probe/server.ts';
import { parseEndpoint } from '../../src/model/endpoint.ts';
import { unusedPort } from '../probe/loopback.ts';
import { record, until } from '../probe/recording.ts';
import { runProgram } from './running-program.ts';

async function serve(t: TestContext) {
  const recording = record();
  const server = await startServer(
    { listen: { address: '127.0.0.1', port: 0 }, deadlineMs: 30_000, maxLine: 65_536 },
    recording.surroundings,
  );
  t.after(() => server.stop());
  return { ...recording, port: parseEndpoint(server.local)?.port ?? 0 };
}

function client(t: TestContext, port: number, ...args: string[]) {
  return runProgram(t, 'client', '-H', '127.0.0.1', '-p', String(port), ...args);
}

test('it logs the lines of the original, and SIGTERM ends it with FINs, complete events and exit code 0', async (t) => {
  const server = await serve(t);
  const { child, events, exit, messages } = client(t, server.port, '-t', '1h', '--events', '-');
  await until('it is answered', () => events().length === 2);
  child.kill('SIGTERM');
  assert.equal(await exit(), 0);
  assert.deepEqual(messages(), [
    `Connected to server at: 127.0.0.1:${server.port}`,
    'Response from server: "You said: Soy todo oídos!"',
  ]);
  assert.deepEqual(
    events().map(({ event }) => event),
    ['connected', 'answered', 'finished'],
  );
  await until('the server noticed', () => server.lines.length === 3);
  assert.equal(server.lines[2], 'EOF');
});

test('SIGINT ends it as orderly, with exit code 130', async (t) => {
  const server = await serve(t);
  const { child, events, exit } = client(t, server.port, '--events', '-');
  await until('it is answered', () => events().length === 2);
  child.kill('SIGINT');
  assert.equal(await exit(), 130);
  assert.equal(events().at(-1)?.event, 'finished');
});

test('--duration ends it with exit code 0 even when nothing ever answered', async (t) => {
  const port = await unusedPort();
  const { events, exit, messages } = client(t, port, '--duration', '700ms', '--events', '-');
  assert.equal(await exit(), 0);
  assert.deepEqual(messages(), [
    `Error connecting to server: dial tcp 127.0.0.1:${port}: connect: connection refused`,
  ]);
  assert.deepEqual(
    events().map(({ event }) => event),
    ['failed'],
  );
});

test('a name without an address is said at once, and a run that never had one ends with exit code 69', async (t) => {
  // RFC 6761: no resolver knows a name in .invalid.
  const { exit, messages, stderr } = runProgram(t, 'client', '-H', 'no.invalid', '--duration', '2');
  assert.equal(await exit(), 69);
  const said = messages().filter((message) =>
    message.startsWith('The name "no.invalid" could not be turned'),
  );
  assert.equal(said.length, 1, stderr());
  assert.match(
    stderr(),
    /^netdebug: no address was found for "no.invalid" as long as this ran \(E[A-Z_]+\)/m,
  );
});

test('with --quiet the log has failures and the sum, the events are whole, and each worker is quiet, too', async (t) => {
  const server = await serve(t);
  for (const workers of ['1', '2']) {
    const words = ['--connections', '2', '-t', '20ms', '--quiet', '--workers', workers, '--events', '-'];
    const { child, events, exit, messages } = client(t, server.port, ...words);
    const answered = (wanted: number) =>
      events().some((event) => event.event === 'answered' && event.slot === wanted);
    await until('both are answered', () => answered(0) && answered(1));
    child.kill('SIGTERM');
    assert.equal(await exit(), 0);
    const said = messages();
    assert.equal(said.length, Number(workers), said.join('\n'));
    for (const line of said)
      assert.match(line, /^Sent [0-9]+ probes on [12] connections: .* 0 could not be made$/);
  }
  const nobody = client(t, await unusedPort(), '--quiet', '--duration', '300ms');
  assert.equal(await nobody.exit(), 0);
  assert.match(nobody.messages().join('\n'), /^Error connecting to server: .*connection refused$/);
});

test('--connections, --class and --events FILE give every connection its events in the file', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'events.ndjson');
  const server = await serve(t);
  const { child, exit, messages, stdout } = client(
    t,
    server.port,
    ...['--connections', '3', '--period', '60ms', '--class', 'co-located', '--events', file],
  );
  await until('all are connected', () => server.of('accepted').length === 3);
  await until('all are answered', () => messages().length >= 6);
  child.kill('SIGTERM');
  assert.equal(await exit(), 0);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as { event: string; slot: number; class: string });
  assert.deepEqual(
    events.filter(({ event }) => event === 'finished').map(({ slot }) => slot),
    [0, 1, 2],
  );
  assert.ok(events.every((event) => event.class === 'co-located'));
  assert.equal(stdout(), '');
});

test('--log-format json has the same messages', async (t) => {
  const server = await serve(t);
  const { child, exit, stderr } = client(t, server.port, '--log-format', 'json');
  await until('it is answered', () => stderr().split('\n').length === 3);
  child.kill('SIGTERM');
  assert.equal(await exit(), 0);
  const messages = stderr()
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { message: string }).message);
  assert.deepEqual(messages, [
    `Connected to server at: 127.0.0.1:${server.port}`,
    'Response from server: "You said: Soy todo oídos!"',
  ]);
});

test('when the reader of the events goes away the run ends with one sentence and exit code 0', async (t) => {
  const server = await serve(t);
  const { child, events, exit, messages } = client(t, server.port, '-t', '20ms', '--events', '-');
  await until('it is answered', () => events().length >= 2);
  child.stdout.destroy();
  assert.equal(await exit(), 0);
  assert.equal(messages().at(-1), 'Nobody reads the events any more, so the run ends here.');
  await until('the server noticed', () => server.of('ended').length === 1);
  assert.equal(server.of('ended')[0]?.errno, 'EOF');
});

/** Has its kernel take two connections and drop each further SYN; accepts none, and is not there for anything else. */
async function hungListener(t: TestContext): Promise<number> {
  const script = `const server = require('node:net').createServer().listen(0, '127.0.0.1', 1, () => {
    require('node:fs').writeSync(1, server.address().port + '\\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return Number(line.toString());
}

test('--connect-timeout gives up connecting, and not waiting for an answer', async (t) => {
  const port = await hungListener(t);
  const { child, events, exit } = client(
    t,
    port,
    ...['--connections', '3', '-t', '300ms', '--connect-timeout', '150ms', '--events', '-'],
  );
  const failed = () => events().filter(({ event }) => event === 'failed');
  await until('two attempts are given up', () => failed().length >= 2);
  assert.equal(events().filter(({ event }) => event === 'connected').length, 2);
  for (const one of failed())
    assert.deepEqual(
      [one.event === 'failed' && one.phase, one.event === 'failed' && one.failure],
      ['connecting', 'timeout'],
    );
  child.kill('SIGTERM');
  assert.equal(await exit(), 0);
});

test('when the disk is full it says so once, keeps its connections, and exits with 73', async (t) => {
  const server = await serve(t);
  const { child, exit, messages } = client(t, server.port, '-t', '20ms', '--events', '/dev/full');
  const complaints = () => messages().filter((line) => line.startsWith('Events cannot be written'));
  await until('it complains', () => complaints().length === 1);
  const before = messages().length;
  await until('it is answered all the same', () => messages().length > before + 5);
  child.kill('SIGTERM');
  assert.equal(await exit(), 73);
  assert.deepEqual(complaints(), [
    'Events cannot be written to /dev/full: the disk is full (ENOSPC); the run goes on',
  ]);
  assert.equal(server.of('accepted').length, 1);
});

test('values that make no sense are refused in one sentence that names the flag, with exit code 64', async (t) => {
  const refusals: Readonly<Record<string, string>> = {
    '--period=5x': '--period: "5x" is not a duration; write it like 500ms, 5s or 1m30s.',
    '--timeout=0s': '--timeout: "0s" is no time at all; write it like 500ms, 5s or 1m30s.',
    '--port=0': '--port: "0" is not a port; write a number from 1 to 65535.',
    '--port=65536': '--port: "65536" is not a port; write a number from 1 to 65535.',
    '--connections=2.5': '--connections: "2.5" is not a count; write a whole number from 1 up.',
    '--max-line=1XB': '--max-line: "1XB" is not a size; write it like 65536, 64KiB or 1MiB.',
    '--host=': '--host: the value is empty; give a name or an address.',
  };
  for (const [argument, sentence] of Object.entries(refusals)) {
    const { exit, stderr } = runProgram(t, 'client', argument);
    assert.equal(await exit(), 64, argument);
    assert.equal(stderr(), `netdebug: ${sentence}\n`);
  }
});

test('the help names every flag with a text, and has examples', async (t) => {
  const { exit, stdout } = runProgram(t, 'client', '--help');
  assert.equal(await exit(), 0);
  const flags = ['--host', '--port', '--period', '--connections', '--class', '--timeout', '--max-line'];
  for (const flag of [...flags, '--events', '--duration', '--log-format']) {
    assert.match(stdout(), new RegExp(`^  (-., )?${flag} <[a-z]+> +[a-z]`, 'm'));
  }
  assert.match(stdout(), /Examples:\n {2}bin\/netdebug client/);
});

test('more connections than the limit of open files has room for are refused before the first, with how to raise it', async (t) => {
  const child = runProgram(t, 'client', '-H', '127.0.0.1', '--connections', '999999999');
  assert.equal(await child.exit(), 69);
  assert.match(
    child.stderr(),
    /^netdebug: 999999999 connections need more open files than .* \([0-9]+ connections\); raise it with "ulimit -Hn [0-9]+"/,
  );
});
