// Runs inside a private world that stands for a node: a server of another user and a pod, both with connections, and three times `netdebug
// observe --sockets` at once: with all rights, without those for other processes, and in a pid namespace of its own. Then a connection is
// destroyed, one is closed with SO_LINGER 0, the server is killed with bytes that it had not read, and the pod ends.
//   sockets-inside.ts FOLDER     prints one line of JSON: { "observers": { NAME: { "exitCode", "stderr", "before" } }, "serverPid", "left" };
//                                NAME is `all`, `without-rights` or `own-pids`, and a folder in FOLDER
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runChecked } from '../../src/system/process.ts';
import { observeWords, startObserve } from './start-observe.ts';

const [folder = ''] = process.argv.slice(2);

async function waitUntil(
  what: string,
  said: () => string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within 20 s: ${what}; observe said: ${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'close');
  child.kill('SIGKILL');
  await gone;
}

const addresses = ['10.9.0.1/32', 'fd09::1/128'];
await runChecked(['ip', 'link', 'set', 'lo', 'up']);
for (const address of addresses)
  await runChecked([
    'ip',
    'address',
    'add',
    address,
    'dev',
    'lo',
    ...(address.includes(':') ? ['nodad'] : []),
  ]);

const asUser = ['setpriv', '--reuid=1234', '--regid=1234', '--clear-groups', '--inh-caps=-all'];
// What it accepts by port 7000 it never reads; what by port 7001 it closes with a RST when it is told to. The argument is a secret.
const serve = `const net = require('node:net');
const open = [];
let toReset;
const all = [
  net.createServer({ pauseOnConnect: true }, (socket) => open.push(socket)).listen(7000, '::'),
  net.createServer((socket) => (toReset = socket)).listen(7001, '::'),
];
const dial = (host, port, text) => {
  const socket = net.connect(port, host, () => socket.write(text));
  socket.on('error', () => undefined);
  open.push(socket);
};
setTimeout(() => {
  dial('10.9.0.1', 7000, 'a'.repeat(100));
  dial('fd09::1', 7000, 'b'.repeat(60));
  dial('10.9.0.1', 7001, 'c');
}, 200);
setTimeout(() => console.log('ready'), 600);
process.on('SIGUSR2', () => toReset.resetAndDestroy());`;
const server = spawn('setpriv', [...asUser.slice(1), process.execPath, '-e', serve, 'password=hunter2'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, PASSWORD: 'hunter2' },
});
await once(server.stdout, 'data');

const inPod = `const net = require('node:net');
net.createServer({ pauseOnConnect: true }, () => console.log('ready')).listen(8080, '10.44.0.10', () =>
  net.connect(8080, '10.44.0.10').write('d'.repeat(7)));`;
const pod = spawn(
  'unshare',
  ['--net', 'sh', '-c', 'ip link set lo up && ip address add 10.44.0.10/32 dev lo && exec "$@"', 'sh']
    .concat(asUser)
    .concat([process.execPath, '-e', inPod]),
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
await once(pod.stdout, 'data');

/** The command of an observer without these capabilities, in the machine's pid namespace or one of its own. */
function observer(folder: string, without: readonly string[], pids: 'host' | 'own'): string[] {
  const bounds = without.map((name) => `-${name.toLowerCase().slice(4)}`).join(',');
  return [
    ...(pids === 'own' ? ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] : []),
    ...(bounds === '' ? [] : ['setpriv', '--no-new-privs', `--bounding-set=${bounds}`]),
    ...observeWords(folder, '--sockets', '--without', 'capture', '--sample', '100ms'),
  ];
}

/** How many `ss` run, of all or of that process: one for each network namespace that it listens in. */
async function listening(parent?: number): Promise<number> {
  const of = parent === undefined ? [] : ['-P', String(parent)];
  const { stdout } = await run(['pgrep', '-c', '-x', ...of, 'ss']);
  return Number(stdout.trim());
}

async function observe(name: string, without: readonly string[], pids: 'host' | 'own') {
  const out = join(folder, name);
  const { child, said, ended } = await startObserve(observer(out, without, pids));
  // What unshare has started is the observer.
  const children = pids === 'host' ? '' : (await run(['pgrep', '-P', String(child.pid)])).stdout;
  const pid = pids === 'host' ? (child.pid ?? 0) : Number(children.trim().split('\n')[0]);
  const log = join(out, 'evidence/here/sockets.log');
  const ends = () => (existsSync(log) ? (readFileSync(log, 'utf8').match(/ UNCONN /g)?.length ?? 0) : 0);
  return { name, pid, said, ended, ends, before: await listening(pid) };
}

const observers = await Promise.all([
  observe('all', [], 'host'),
  observe('without-rights', ['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE'], 'host'),
  observe('own-pids', [], 'own'),
]);
await run(['ss', '-K', '-tn', 'dst', '[fd09::1]', 'dport', '=', '7000']);
server.kill('SIGUSR2');
await new Promise((resolve) => setTimeout(resolve, 300));
await end(server);
await end(pod);
// Nobody but ss is in the pod's network now, which must not keep it.
for (const { name, pid, before, said } of observers)
  if (before === 2)
    await waitUntil(`"${name}" leaves the pod's network`, said, async () => (await listening(pid)) === 1);
for (const { name, ends, said } of observers)
  await waitUntil(`the ends are in the evidence of "${name}"`, said, () => ends() >= 6);
for (const { pid } of observers) process.kill(pid, 'SIGTERM');
const ends: Record<string, unknown> = {};
for (const { name, before, said, ended } of observers)
  ends[name] = { exitCode: await ended, stderr: said(), before };
process.stdout.write(
  `${JSON.stringify({ observers: ends, serverPid: server.pid, left: await listening() })}\n`,
);
