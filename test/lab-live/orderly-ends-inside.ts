// Runs inside a private world: `netdebug observe --sockets --kernel-events`, and beside it one connection for each way in which one ends,
// each to a port of its own. A question is 20 bytes, an answer 30; what follows what is apart by many ticks of the kernel's clock.
//   orderly-ends-inside.ts FOLDER [OBSERVE-FLAG...]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type ServerOpts, type Socket } from 'node:net';
import { runChecked } from '../../src/system/process.ts';
import { observeWords, startObserve } from './start-observe.ts';

const [folder = '', ...flags] = process.argv.slice(2);
const pause = (milliseconds = 60) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const [question, answer] = ['q'.repeat(20), 'a'.repeat(30)];

interface Ends {
  readonly client: Socket;
  readonly server: Socket;
  /** Resolves when this end has received so many bytes since the last call. */
  readonly got: (end: Socket, bytes: number) => Promise<void>;
}

/** One question and its answer, then what is said. Both ends are closed when their peer is. */
async function connection(listener: Server, rest: (ends: Ends) => Promise<void>): Promise<void> {
  const received = new Map<Socket, number>();
  const { port } = listener.address() as AddressInfo;
  const client = connect({ port, host: '10.9.0.1', allowHalfOpen: true, noDelay: true });
  const [server] = (await once(listener, 'connection')) as [Socket];
  for (const end of [client, server]) {
    end.on('error', () => undefined);
    end.on('data', (data) => received.set(end, (received.get(end) ?? 0) + data.length));
  }
  const got = async (end: Socket, bytes: number) => {
    while ((received.get(end) ?? 0) < bytes) await pause(2);
    received.set(end, 0);
  };
  const closed = [client, server].map((end) => once(end, 'close'));
  client.write(question);
  await got(server, question.length);
  await pause();
  server.write(answer);
  await got(client, answer.length);
  await pause();
  await rest({ client, server, got });
  await Promise.all(closed);
}

/** The server closes before it has read the only question. */
async function unread(): Promise<void> {
  const client = connect(7100, '10.9.0.1', () => client.write(question));
  const [server] = (await once(paused, 'connection')) as [Socket];
  await pause();
  const closed = new Promise((resolve) => client.on('error', () => undefined).on('close', resolve));
  server.destroy();
  await closed;
}

/** It closes first, the other end when it has seen that. */
async function close(first: Socket, second: Socket): Promise<void> {
  const seen = once(second, 'end');
  first.end();
  await seen;
  await pause();
  second.end();
}

const ways: readonly ((ends: Ends) => Promise<void>)[] = [
  // 7000: the client closes after the last answer. 7001: the server closes a connection that is idle.
  ({ client, server }) => close(client, server),
  ({ client, server }) => close(server, client),
  // 7002: the server reads a question and closes without an answer.
  async ({ client, server, got }) => {
    client.write(question);
    await got(server, question.length);
    await pause();
    await close(server, client);
  },
  // 7003: ten questions at once, of which five are answered before the server closes.
  async ({ client, server, got }) => {
    client.write(question.repeat(10));
    await got(server, 10 * question.length);
    await pause();
    server.write(answer.repeat(5));
    await got(client, 5 * answer.length);
    await close(server, client);
  },
  // 7004: the client says goodbye, for which no answer is due, and closes. 7005: it asks, waits in vain and closes.
  async ({ client, server }) => {
    client.write(question);
    await close(client, server);
  },
  async ({ client, server, got }) => {
    client.write(question);
    await got(server, question.length);
    await pause(200);
    await close(client, server);
  },
];

await runChecked(['ip', 'link', 'set', 'lo', 'up']);
await runChecked(['ip', 'address', 'add', '10.9.0.1/32', 'dev', 'lo']);
const listen = async (port: number, options: ServerOpts) => {
  const listener = createServer(options).listen(port, '10.9.0.1');
  await once(listener, 'listening');
  return listener;
};
const listeners = await Promise.all(
  ways.map((_, index) => listen(7000 + index, { allowHalfOpen: true, noDelay: true })),
);
const paused = await listen(7100, { pauseOnConnect: true });
// A server that somebody else started before: what it accepts comes and goes between two lists.
const early = spawn(
  process.execPath,
  [
    '-e',
    `require('node:net').createServer((socket) => socket.on('data', () => socket.end('a'))).listen(6999, () => console.log('ready'))`,
    'password=hunter2',
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
await once(early.stdout, 'data');
const observer = await startObserve(observeWords(folder, '--sockets', '--without', 'capture', ...flags));
const short = connect(6999, '10.9.0.1', () => short.write('q'));
short.resume();
await once(short, 'close');
await Promise.all([unread(), ...ways.map((way, index) => connection(listeners[index]!, way))]);
observer.child.kill('SIGTERM');
const exitCode = await observer.ended;
const earlyGone = once(early, 'close');
early.kill('SIGKILL');
await earlyGone;
process.stdout.write(JSON.stringify({ earlyPid: early.pid, pid: process.pid }));
process.exit(exitCode ?? 1);
