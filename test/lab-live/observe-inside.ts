// Runs inside a private world: starts `netdebug observe`, makes traffic on loopback, and ends observe with a signal.
//   observe-inside.ts FOLDER SIGNAL RESETS [OBSERVE-FLAG...]     prints one line of JSON: { "exitCode", "signal", "stderr" }
// SIGNAL `again`: SIGINT, while its programs do not end, and SIGINT again.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { run } from '../../src/system/process.ts';
import { mainScript } from '../program.ts';

const [folder = '', signal = 'SIGTERM', resets = '1', ...flags] = process.argv.slice(2);
const port = 9_000;

async function waitUntil(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${what}`);
    await setTimeout(20);
  }
}

/** One connection over which a few messages go before the server's side aborts it. */
async function connectionThatIsReset(
  server: ReturnType<typeof createServer>,
  messages: number,
): Promise<void> {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect(port, '127.0.0.1');
  const [socket] = await accepted;
  for (let message = 0; message < messages; message += 1) {
    client.write(`message ${message}\n`);
    await once(socket, 'data');
  }
  const failed = once(client, 'error');
  socket.resetAndDestroy();
  await failed;
}

await run(['ip', 'link', 'set', 'lo', 'up']);
// Connection tracking works from the first rule on that needs it.
await run(['iptables', '-A', 'INPUT', '-m', 'conntrack', '--ctstate', 'INVALID', '-j', 'DROP']);
const words = [mainScript, 'observe', '--out', folder, '--node', 'here', '--port', String(port), ...flags];
const observe = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
let stderr = '';
observe.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
await waitUntil('observe has started', () => stderr.includes('Observing here') || observe.exitCode !== null);

const server = createServer().listen(port, '127.0.0.1');
await once(server, 'listening');
const isStorm = resets !== '1';
for (let count = 0; count < Number(resets); count += 1) await connectionThatIsReset(server, isStorm ? 0 : 3);

// The file may have been rolled right after the last RST was written.
const halves = ['events.1.ndjson', 'events.ndjson'].map((name) => join(folder, 'evidence/here', name));
const isInEvidence = () =>
  halves.some((file) => existsSync(file) && readFileSync(file, 'utf8').includes('"flags":"R.'));
if (isStorm) {
  // What is told of a storm after its packets may push all of them out of both halves; then one that comes alone is waited for.
  const deadline = Date.now() + 30_000;
  while (!isInEvidence() && Date.now() < deadline) {
    await connectionThatIsReset(server, 0);
    for (let look = 0; look < 50 && !isInEvidence(); look += 1) await setTimeout(20);
  }
}
server.close();
await waitUntil('the RST is in the evidence', isInEvidence);
const ended = once(observe, 'close');
if (signal === 'again') {
  const programs = (await run(['pgrep', '-P', String(observe.pid)])).stdout.trim().split('\n');
  for (const pid of programs) process.kill(Number(pid), 'SIGSTOP');
  // One that comes before the last was taken is lost.
  const more = setInterval(() => observe.kill('SIGINT'), 50);
  void ended.then(() => clearInterval(more));
} else observe.kill(signal as NodeJS.Signals);
const [exitCode, killedBy] = (await ended) as [number | null, string | null];
process.stdout.write(`${JSON.stringify({ exitCode, signal: killedBy, stderr })}\n`);
