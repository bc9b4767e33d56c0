// Runs inside a private world: holds connections, runs `netdebug observe` beside them, and measures what it costs.
//   observe-inside.ts CONNECTIONS PERIOD-MS SECONDS FOLDER [OBSERVE-FLAG...]     PERIOD-MS 0: the connections are silent
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { run } from '../src/system/process.ts';

const [connections = 0, periodMs = 0, seconds = 0] = process.argv.slice(2, 5).map(Number);
const [folder = '', ...flags] = process.argv.slice(5);
const port = 9_000;
/** USER_HZ: in /proc, times are in hundredths of a second on every Linux. */
const ticksPerSecond = 100;

/** CPU seconds of a process, its children that have ended, and by name those of its children that live. */
function cpuSeconds(pid: number): Map<string, number> {
  const used = new Map<string, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      // From `state` on, as proc(5) numbers them: 4 ppid, 14 to 17 utime, stime, cutime, cstime.
      const own = Number(entry) === pid;
      if (!own && fields[1] !== pid) continue;
      const ticks = (fields[11] ?? 0) + (fields[12] ?? 0) + (own ? (fields[13] ?? 0) + (fields[14] ?? 0) : 0);
      const key = own ? 'observe' : name;
      used.set(key, (used.get(key) ?? 0) + ticks / ticksPerSecond);
    } catch {
      // Ended between the two readings.
    }
  }
  return used;
}

await run(['ip', 'link', 'set', 'lo', 'up']);
await run(['iptables', '-A', 'INPUT', '-m', 'conntrack', '--ctstate', 'INVALID', '-j', 'DROP']);
const server = createServer((socket) => socket.pipe(socket)).listen(port, '127.0.0.1');
await once(server, 'listening');
const sockets: Socket[] = [];
for (let count = 0; count < connections; count += 1) {
  const socket = connect(port, '127.0.0.1').resume();
  await once(socket, 'connect');
  sockets.push(socket);
}
if (periodMs > 0) {
  sockets.forEach((socket, index) => {
    setTimeout(() => setInterval(() => socket.write('probe\n'), periodMs), (index * periodMs) / connections);
  });
}

const main = resolve(import.meta.dirname, '../src/cli/start.mjs');
const observe = spawn(process.execPath, [main, 'observe', '--out', folder, '--node', 'here', ...flags], {
  stdio: ['ignore', 'ignore', 'pipe'],
});
let said = '';
observe.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
while (!said.includes('Observing here') && observe.exitCode === null)
  await new Promise((done) => setTimeout(done, 50));
// Neither its start nor the first packets, before the code is compiled, are what it costs in the long run.
await new Promise((done) => setTimeout(done, 10_000));
const before = cpuSeconds(observe.pid ?? 0);
const begun = performance.now();
await new Promise((done) => setTimeout(done, seconds * 1_000));
const after = cpuSeconds(observe.pid ?? 0);
const elapsed = (performance.now() - begun) / 1_000;
const ended = once(observe, 'close');
observe.kill('SIGTERM');
await ended;
const shares = [...after].map(
  ([name, used]) => [name, (100 * (used - (before.get(name) ?? 0))) / elapsed] as const,
);
const seen = /capture +stopped +(.*)/.exec(said)?.[1] ?? said;
process.stdout.write(`${JSON.stringify({ shares: Object.fromEntries(shares), seen })}\n`);
process.exit(0);
