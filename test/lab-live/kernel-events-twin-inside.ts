// Runs inside a private world that has the same addresses as another one: a node with one pod, whose kernel's events are watched by this
// process while connections end in it. Does the next step at each line of its stdin, and says a line when it has.
//   kernel-events-twin-inside.ts FOLDER PORT      uses PORT and the five after it; last prints one line of JSON:
//                                                 { "pid", "peer", "brief", "events" }
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { watchNode } from '../../src/observe/watch-node.ts';
import { runChecked } from '../../src/system/process.ts';
import { untilGone, untilUnread } from './listed-connections.ts';

const [folder = '', first = ''] = process.argv.slice(2);
const port = Number(first);
const home = '10.77.1.1';
const steps = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async (said: string) => {
  process.stdout.write(`${said}\n`);
  await steps.next();
};
const ip = (...words: string[]) => runChecked(['ip', ...words]);
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

const gone = (socket: Socket) => new Promise((done) => socket.once('close', done));

async function listening(at: number, address: string): Promise<Server> {
  const server = createServer({ pauseOnConnect: true }).listen(at, address);
  await once(server, 'listening');
  return server;
}

await runChecked(['mount', '-t', 'tmpfs', 'tmpfs', '/run']);
await runChecked(['mkdir', '/run/netns']);
await ip('link', 'set', 'lo', 'up');
await ip('netns', 'add', 'pod');
await ip('link', 'add', 'pod-0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', 'pod');
await ip('addr', 'add', `${home}/24`, 'dev', 'pod-0');
await ip('link', 'set', 'pod-0', 'up');
await ip('-n', 'pod', 'addr', 'add', '10.77.1.2/24', 'dev', 'eth0');
await ip('-n', 'pod', 'link', 'set', 'eth0', 'up');

const words = [
  'netns',
  'exec',
  'pod',
  process.execPath,
  resolve(import.meta.dirname, 'kernel-events-peer.ts'),
];
const peer = spawn('ip', [...words, 'client'], { stdio: ['pipe', 'pipe', 'inherit'] });
await once(peer.stdout, 'data');
await next('made');

const events: NodeEvent[] = [];
const watch = await watchNode('here', folder, (event) => void events.push(event), {
  netns: null,
  only: ['snmp', 'kernel-events'],
});
await next('watching');

async function accepted(server: Server): Promise<Socket> {
  const connection = once(server, 'connection') as Promise<[Socket]>;
  const { port: at } = server.address() as AddressInfo;
  peer.stdin.write(`${home} ${at}\n`);
  const [socket] = await connection;
  socket.on('error', () => undefined);
  await untilUnread(at);
  return socket;
}

// Unread data; without lingering; nobody listens.
const unread = await listening(port, home);
(await accepted(unread)).destroy();
const abrupt = await listening(port + 1, home);
const socket = await accepted(abrupt);
const read = once(socket, 'data');
socket.resume();
await read;
socket.resetAndDestroy();
await untilGone(port + 1, 'pod');
peer.stdin.write(`${home} ${port + 2}\n`);
await pause(100);

// By the loopback: one that is ended, and one that nobody listens for.
const near = await listening(port + 3, '127.0.0.1');
const connection = once(near, 'connection') as Promise<[Socket]>;
const client = connect(port + 3, '127.0.0.1').on('error', () => undefined);
const closed = gone(client);
(await connection)[0].resetAndDestroy();
await closed;
await gone(connect(port + 4, '127.0.0.1').on('error', () => undefined));

// A server that is gone as soon as it has been asked something: when its end is read nothing can be looked up any more.
const brief = spawn(
  process.execPath,
  [resolve(import.meta.dirname, 'kernel-events-peer.ts'), 'server', home, String(port + 5)],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
await once(brief.stdout, 'data');
// Two readings of the ring: it has been heard to listen.
await pause(450);
peer.stdin.write(`${home} ${port + 5}\n`);
// Without them its end would be an orderly one.
await Promise.all([once(brief.stdout, 'data'), untilUnread(port + 5)]);
brief.kill('SIGKILL');
await once(brief, 'close');
await untilGone(port + 5, 'pod');
await next('done');

await watch.stop();
const kernel = events.filter((event) => event.event === 'kernel' || event.source === 'kernel-events');
const { stdout } = await runChecked(['ip', 'netns', 'pids', 'pod']);
process.stdout.write(
  `${JSON.stringify({
    ...{ pid: process.pid, peer: stdout.trim().split('\n').map(Number), brief: brief.pid },
    events: kernel,
  })}\n`,
  () => process.exit(0),
);
