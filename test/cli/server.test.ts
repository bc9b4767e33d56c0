// `netdebug server` as a process: its flags, its log and events, and how it ends.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { parseEndpoint } from '../../src/model/endpoint.ts';
import { dial } from '../probe/loopback.ts';
import { until } from '../probe/recording.ts';
import { runProgram } from './running-program.ts';

async function serve(t: TestContext, ...args: string[]) {
  const program = runProgram(t, 'server', '--host', '127.0.0.1', '--port', '0', '--events', '-', ...args);
  await until('it listens', () => program.events().length > 0);
  const [listening] = program.events();
  assert.equal(listening?.event, 'listening');
  const port = parseEndpoint(listening.local)?.port ?? 0;
  return { ...program, port };
}

test('it answers, and SIGTERM ends it in an orderly way with exit code 0 and complete events', async (t) => {
  const { child, events, exit, messages, port } = await serve(t);
  const { socket, end, received } = await dial(t, port);
  socket.write('hello\n');
  await until('it answers', () => received().length > 0);
  assert.equal(received().toString(), 'You said: hello\n');
  const goodbye = once(socket, 'end');
  child.kill('SIGTERM');
  await goodbye;
  assert.equal(await exit(), 0);
  assert.deepEqual(messages(), ['Server started and accepting connections', 'Accepted a new connection']);
  const ended = events().at(-1);
  assert.ok(ended?.event === 'ended');
  assert.deepEqual([ended.peer, ended.errno, ended.answers], [end, 'SHUTDOWN', 1]);
});

test('--deadline and --max-line end a connection, each with its log line', async (t) => {
  const { messages, port } = await serve(t, '--deadline', '100ms', '--max-line', '8B');
  const silent = await dial(t, port);
  await until('the silent one is cut', () => messages().length === 3);
  assert.equal(messages()[2], `read tcp 127.0.0.1:${port}->${silent.end}: i/o timeout`);
  const talkative = await dial(t, port);
  talkative.socket.write('123456789');
  await until('the talkative one is cut', () => messages().length === 5);
  assert.equal(messages()[4], `read tcp 127.0.0.1:${port}->${talkative.end}: line too long`);
});

test('--duration ends it with exit code 0', async (t) => {
  const { exit } = await serve(t, '--duration', '50ms');
  assert.equal(await exit(), 0);
});

test('a taken port is one sentence and exit code 69', async (t) => {
  const { port } = await serve(t);
  const second = runProgram(t, 'server', '--host', '127.0.0.1', '--port', String(port));
  assert.equal(await second.exit(), 69);
  assert.equal(
    second.stderr(),
    `netdebug: Port ${port} is taken; see by whom with: ss -ltnp 'sport = :${port}', and end that program or choose another port with --port.\n`,
  );
});

test('the help names every flag with a text, and has examples', async (t) => {
  const { exit, stdout } = runProgram(t, 'server', '--help');
  assert.equal(await exit(), 0);
  for (const flag of [
    '--host',
    '--port',
    '--deadline',
    '--max-line',
    '--events',
    '--duration',
    '--log-format',
  ]) {
    assert.match(stdout(), new RegExp(`^  (-., )?${flag} <[a-z]+> +[a-z]`, 'm'));
  }
  assert.match(stdout(), /Examples:\n {2}bin\/netdebug server/);
});
