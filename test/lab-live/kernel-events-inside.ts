// Runs inside a private world: `netdebug observe --kernel-events` on a node with one pod, beside two namespaces of another node; connections
// end in all of them, and observe is ended.
//   kernel-events-inside.ts FOLDER      prints one line of JSON: { "exitCode", "stderr", "killed" }
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { run, runChecked } from '../../src/system/process.ts';
import { untilGone, untilUnread } from './listed-connections.ts';
import { kernelAlone, observeWords, startObserve } from './start-observe.ts';

const [folder = ''] = process.argv.slice(2);
const home = ['10.77.1.1', 'fd77:1::1'] as const;
const ip = (...words: string[]) => runChecked(['ip', ...words]);
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Two namespaces, or this one and another, with a link between them. */
async function join(one: string | null, other: string, network: string): Promise<void> {
  await ip('netns', 'add', other);
  const left = `${other}-0`;
  await ip('link', 'add', left, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', other);
  if (one !== null) await ip('link', 'set', left, 'netns', one);
  const ends = [
    { flag: one === null ? [] : ['-n', one], link: left, host: 1 },
    { flag: ['-n', other], link: 'eth0', host: 2 },
  ];
  for (const { flag, link, host } of ends) {
    await ip(...flag, 'addr', 'add', `10.${network}.1.${host}/24`, 'dev', link);
    await ip(...flag, 'addr', 'add', `fd${network}:1::${host}/64`, 'dev', link, 'nodad');
    await ip(...flag, 'link', 'set', link, 'up');
  }
}

/** A program of this folder in a namespace; resolves when it has said that it is ready. */
async function inNamespace(netns: string, ...words: string[]): Promise<ChildProcess> {
  const child = spawn('ip', ['netns', 'exec', netns, process.execPath, ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}
const peer = resolve(import.meta.dirname, 'kernel-events-peer.ts');

async function listening(port: number, address: string): Promise<Server> {
  const server = createServer({ pauseOnConnect: true }).listen(port, address);
  await once(server, 'listening');
  return server;
}

/** A connection by the pod's client, which has sent one byte that is not read. */
async function accepted(
  client: ChildProcess,
  server: Server,
  address: string,
  port: number,
): Promise<Socket> {
  const connection = once(server, 'connection') as Promise<[Socket]>;
  client.stdin?.write(`${address} ${port}\n`);
  const [socket] = await connection;
  socket.on('error', () => undefined);
  await untilUnread(port);
  return socket;
}

/** The server's socket is gone, and its peer does not hear of it. */
async function forget(netns: string | null, port: number): Promise<void> {
  const there = netns === null ? [] : ['ip', 'netns', 'exec', netns];
  const rule = ['OUTPUT', '-p', 'tcp', '--tcp-flags', 'RST', 'RST', '-j', 'DROP'];
  await runChecked([...there, 'iptables', '-I', ...rule]);
  await runChecked([...there, 'ss', '-K', 'state', 'established', 'sport', '=', `:${port}`]);
  await runChecked([...there, 'iptables', '-D', ...rule]);
}

await runChecked(['mount', '-t', 'tmpfs', 'tmpfs', '/run']);
await runChecked(['mkdir', '/run/netns']);
await ip('link', 'set', 'lo', 'up');
await join(null, 'pod', '77');
await ip('netns', 'add', 'near');
await join('near', 'far', '88');
// The node reaches them by another machine: they are not its pods.
await ip('route', 'add', '10.88.0.0/16', 'via', '10.77.1.2');

const client = await inNamespace('pod', peer, 'client');
const foreignServer = await inNamespace('near', peer, 'server', '::', '7900');
const foreignClient = await inNamespace('far', peer, 'client');

const observe = await startObserve(observeWords(folder, ...kernelAlone, '--sample', '300ms'));

for (const address of home) {
  for (const [port, end] of [
    [7001, (socket: Socket) => socket.destroy()],
    [7002, (socket: Socket) => socket.resetAndDestroy()],
  ] as const) {
    const server = await listening(port, address);
    const socket = await accepted(client, server, address, port);
    // What is unread would decide the kernel's word for it.
    if (port === 7002) {
      const read = once(socket, 'data');
      socket.resume();
      await read;
    }
    end(socket);
    await untilGone(port, 'pod');
    server.close();
  }
  client.stdin?.write(`${address} 7005\n`);
}
const server = await listening(7004, home[0]);
await accepted(client, server, home[0], 7004);
await run(['ss', '-K', 'state', 'established', 'sport', '=', ':7004']);

const rejected = await listening(7006, home[0]);
await accepted(client, rejected, home[0], 7006);
await runChecked([
  'iptables',
  '-I',
  'INPUT',
  '-p',
  'tcp',
  '--dport',
  '7006',
  '-j',
  'REJECT',
  '--reject-with',
  'tcp-reset',
]);
client.stdin?.write('again\n');
await untilGone(7006, 'pod');

const everywhere = await listening(7007, '::');
await accepted(client, everywhere, home[0], 7007);
await forget(null, 7007);
client.stdin?.write('again\n');
await untilGone(7007, 'pod');

const victim = spawn(process.execPath, [peer, 'server', home[0], '7003'], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
await once(victim.stdout, 'data');
client.stdin?.write(`${home[0]} 7003\n`);
// Without them its end would be an orderly one.
await Promise.all([once(victim.stdout, 'data'), untilUnread(7003)]);
victim.kill('SIGKILL');
await once(victim, 'close');

// Another node's: a listener's answer to whom it does not know, a close with unread data, and a closed port.
foreignClient.stdin?.write('10.88.1.1 7900\n');
await untilUnread(7900, 'near');
await forget('near', 7900);
foreignClient.stdin?.write('again\n');
await untilGone(7900, 'far');
foreignClient.stdin?.write('10.88.1.1 7900\n');
await untilUnread(7900, 'near');
foreignServer.stdin?.write('close\n');
await untilGone(7900, 'far');
foreignClient.stdin?.write('10.88.1.1 7905\n');
await pause(200);

observe.child.kill('SIGTERM');
const exitCode = await observe.ended;
process.stdout.write(`${JSON.stringify({ exitCode, stderr: observe.said() })}\n`);
// The world ends with its first process, and everything in it.
process.exit(0);
