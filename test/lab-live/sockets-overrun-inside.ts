// Runs inside a private world: `netdebug observe --sockets` whose ss is stopped while thousands of sockets end, which is more than its
// buffer holds; then it goes on, and one more ends, with bytes that nobody read.
//   sockets-overrun-inside.ts FOLDER ENDS
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { run, runChecked } from '../../src/system/process.ts';
import { observeWords, startObserve } from './start-observe.ts';

const [folder = '', ends = '3000'] = process.argv.slice(2);
async function waitUntil(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within 20 s: ${what}; observe said: ${observer.said()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

await runChecked(['ip', 'link', 'set', 'lo', 'up']);
const observer = await startObserve(
  observeWords(folder, '--sockets', '--without', 'capture', '--sample', '100ms'),
);

const server = createServer((socket) => socket.on('error', () => undefined)).listen(7000, '127.0.0.1');
await once(server, 'listening');
const { stdout: ss } = await run(['pgrep', '-x', 'ss']);
process.kill(Number(ss.trim()), 'SIGSTOP');
for (let left = Number(ends) / 2; left > 0; left -= 1) {
  const client = connect(7000, '127.0.0.1');
  await once(client, 'connect');
  client.resetAndDestroy();
}
process.kill(Number(ss.trim()), 'SIGCONT');
await waitUntil('that ends are missing is said', () =>
  observer.said().includes('more sockets ended at once'),
);

const unread = createServer({ pauseOnConnect: true }).listen(7001, '127.0.0.1');
await once(unread, 'listening');
const accepted = once(unread, 'connection') as Promise<[Socket]>;
const client = connect(7001, '127.0.0.1', () => client.write('a'.repeat(100)));
client.on('error', () => undefined);
const [socket] = await accepted;
await new Promise((resolve) => setTimeout(resolve, 200));
socket.destroy();
const log = join(folder, 'evidence/here/sockets.log');
await waitUntil('the last end is in the evidence', () =>
  existsSync(log) ? / UNCONN 100 +0 +127\.0\.0\.1:7001 /.test(readFileSync(log, 'utf8')) : false,
);
observer.child.kill('SIGTERM');
const exitCode = await observer.ended;
server.close();
unread.close();
client.destroy();
process.stdout.write(`${JSON.stringify({ exitCode, stderr: observer.said() })}\n`);
