// Runs inside a private world: starts `netdebug watch` of one port, has a foreign server abort connections that were idle, or had asked, and
// ends the watch as it is told.
//   watch-data-inside.ts END RIGHTS [WATCH-FLAG...]     END: SIGINT or SIGKILL; RIGHTS: all, or `no-mounts` for a watch that may not mount
// Prints one line of JSON: { "exitCode", "signal", "stdout", "stderr", "clients": { NAME: PORT }, "idleMs", "left" }
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { runChecked } from '../../src/system/process.ts';
import { mainScript } from '../program.ts';
import { programsInWorld } from './programs-in-world.ts';

const [end = 'SIGINT', rights = 'all', ...flags] = process.argv.slice(2);
const [address, port] = ['198.18.90.1', 9_000];
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

await runChecked(['mount', '-t', 'tmpfs', 'tmpfs', '/run']);
await runChecked(['ip', 'link', 'set', 'lo', 'up']);
await runChecked(['ip', 'address', 'add', `${address}/32`, 'dev', 'lo']);
await runChecked(['iptables', '-A', 'INPUT', '-m', 'conntrack', '--ctstate', 'INVALID', '-j', 'DROP']);

const accepted = new Map<number, Socket>();
const server = createServer({ noDelay: true }, (socket) => {
  accepted.set(socket.remotePort ?? 0, socket);
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    if (String(data).includes('answer')) socket.write('answer\n');
  });
});
server.listen(port, address);
await once(server, 'listening');

let [stdout, stderr] = ['', ''];
const fewer = rights === 'all' ? [] : ['setpriv', '--inh-caps=-sys_admin', '--bounding-set=-sys_admin'];
const words = ['watch', '--node', 'here', '-o', 'json', '--port', String(port), ...flags];
const [file = '', ...args] = [...fewer, process.execPath, mainScript, ...words];
const watch = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
const gone = once(watch, 'close') as Promise<[number | null, string | null]>;
watch.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
watch.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
const until = async (what: string, isSo: () => boolean, withinMs = 30_000) => {
  for (const deadline = Date.now() + withinMs; !isSo(); await pause(20))
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}: ${stdout}${stderr}`);
};
await until('it watches', () => /^watching /m.test(stderr));

async function dial(): Promise<Socket> {
  const socket = connect({ host: address, port, noDelay: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('answer me\n');
  await once(socket, 'data');
  return socket;
}
const abort = (socket: Socket) => accepted.get(socket.localPort ?? 0)?.resetAndDestroy();

const idle = await dial();
const idleSince = Date.now();
const other = await dial();
const talk = setInterval(() => other.write('answer me\n'), 50);
await pause(7_000);
const asking = await dial();
const closed = await dial();
const clients = { idle: idle.localPort, asking: asking.localPort, closed: closed.localPort };
for (let question = 0; question < 3; question += 1) {
  asking.write('what is this\n');
  await pause(100);
}
const idleMs = Date.now() - idleSince;
abort(idle);
abort(asking);
closed.write('what is this\n');
// Who closes within 50 ms of a question may have been asked to.
await pause(150);
accepted.get(closed.localPort ?? 0)?.end();
await until('all are told', () => Object.values(clients).every((own) => stdout.includes(`"port":${own}`)));
await pause(3_500);
clearInterval(talk);
watch.kill(end as NodeJS.Signals);
const [exitCode, signal] = await gone;
other.destroy();
server.close();
for (const deadline = Date.now() + 5_000; programsInWorld().length > 0 && Date.now() < deadline;)
  await pause(50);
const left = {
  programs: programsInWorld(),
  mounts: readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('netdebug ')),
};
process.stdout.write(`${JSON.stringify({ exitCode, signal, stdout, stderr, clients, idleMs, left })}\n`, () =>
  process.exit(0),
);
