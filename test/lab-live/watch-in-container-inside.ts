// Runs in a network and mounts of its own, in the machine's pid namespace, and stands for a node: a pod of another user with a server that
// resets whoever asks it twice, and netdebug in a container. Then one connection of each family asks twice.
//   watch-in-container-inside.ts FOLDER CONTAINER WORDS...      CONTAINER is JSON, see watch-in-container.ts
// Prints one line of JSON: { "exitCode", "stdout", "stderr" }, what the program in the container said.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { endingWithUs } from '../../src/system/ending-with-us.ts';
import { runChecked } from '../../src/system/process.ts';
import type { Container } from './watch-in-container.ts';
import { mainScript } from '../program.ts';

const [folder = '', json = '', ...netdebug] = process.argv.slice(2);
const { pids, given, user, capabilities, waitForLoss } = JSON.parse(json) as Container & {
  readonly waitForLoss: boolean;
};
const checkout = resolve(import.meta.dirname, '../..');
const podAddress = '10.213.7.10';
const port = 8_080;

let [stdout, stderr] = ['', ''];
const ip = (...words: string[]) => runChecked(['ip', ...words]);
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

async function waitUntil(what: string, forMs: number, condition: () => boolean): Promise<boolean> {
  const deadline = Date.now() + forMs;
  while (!condition()) {
    if (ended !== undefined)
      throw new Error(`${what}: it has ended with ${String(ended)}: ${stderr}${stdout}`);
    if (Date.now() > deadline) return false;
    await pause(20);
  }
  return true;
}

await ip('link', 'set', 'lo', 'up');
// Other tests' namespaces are in /proc, too: a route by another machine makes them another node's.
await ip('link', 'add', 'uplink', 'type', 'veth', 'peer', 'name', 'far-end');
for (const link of ['uplink', 'far-end']) await ip('link', 'set', link, 'up');
await ip('address', 'add', '10.99.0.2/24', 'dev', 'uplink');
for (const half of ['0.0.0.0/1', '128.0.0.0/1']) await ip('route', 'add', half, 'via', '10.99.0.1');

// The pod: its own network, another user.
const serve = `
let asked = new WeakSet();
require('node:net').createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('data', () => {
    if (asked.has(socket)) return void socket.resetAndDestroy();
    asked.add(socket);
    socket.write('answer');
  });
}).listen(${port}, '0.0.0.0', () => console.log('listens'));`;
const pod: ChildProcess = spawn(
  'unshare',
  [
    ...['--net', 'sh', '-c', 'echo made && read -r linked && ip link set lo up && exec "$@"', 'sh'],
    ...['setpriv', '--reuid=1234', '--regid=1234', '--clear-groups'],
    ...endingWithUs([process.execPath, '-e', serve]),
  ],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
await once(pod.stdout!, 'data');
await ip('link', 'add', 'pod0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pod.pid));
await ip('address', 'add', '10.213.7.1/24', 'dev', 'pod0');
await ip('link', 'set', 'pod0', 'up');
const inPod = ['nsenter', `--net=/proc/${pod.pid}/ns/net`, 'ip'];
await runChecked([...inPod, 'address', 'add', `${podAddress}/24`, 'dev', 'eth0']);
await runChecked([...inPod, 'link', 'set', 'eth0', 'up']);
pod.stdin!.write('linked\n');
await once(pod.stdout!, 'data');

const [file = '', ...args] = endingWithUs([
  ...[
    'sh',
    resolve(import.meta.dirname, 'container.sh'),
    pids,
    given.join(','),
    user,
    capabilities.join(',') || 'none',
    folder,
  ],
  ...[[checkout, resolve(process.execPath, '..')].join(':'), process.execPath, mainScript, ...netdebug],
]);
let ended: number | null | undefined;
const program = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
program.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
program.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
const exited = once(program, 'close') as Promise<[number | null]>;
void exited.then(([code]) => (ended = code));
if (!(await waitUntil('it begins', 30_000, () => /^(Observing|watching) /im.test(stderr))))
  throw new Error(`it does not begin: ${stderr}`);

const client = connect(port, podAddress);
const reset = once(client, 'error');
await once(client, 'connect');
client.write('first');
await once(client, 'data');
client.write('second');
await reset;
if (waitForLoss) await waitUntil('it tells the loss', 15_000, () => stdout.includes('"kind":"lost"'));
else await pause(1_500);
if (ended !== undefined) throw new Error(`it has ended with ${String(ended)}: ${stderr}`);

const children = readFileSync(`/proc/${program.pid}/task/${program.pid}/children`, 'utf8');
// Of a pid namespace of its own it is the first process.
const target = pids === 'own' ? Number(children.trim().split(' ')[0]) : program.pid!;
if (!(target > 1)) throw new Error(`which process it is cannot be told: "${children}"; ${stderr}`);
process.kill(target, 'SIGINT');
const [exitCode] = await exited;
const podGone = once(pod, 'close');
pod.kill('SIGKILL');
await podGone;
process.stdout.write(`${JSON.stringify({ exitCode, stdout, stderr })}\n`);
