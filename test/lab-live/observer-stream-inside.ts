// Runs inside a private world: an observer that serves, one who asks it over its streams, and connections that are reset with a secret
// in them.
//   observer-stream-inside.ts SOCKET SECRET     prints a line of JSON: { "lines", "silentAfterMs", "exitCode", "stderr" }
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { run } from '../../src/system/process.ts';
import { mainScript } from '../program.ts';

const [path = '', secret = ''] = process.argv.slice(2);
const port = 9_000;
const unaskedMs = 8_000;

async function waitUntil(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within a minute: ${what}`);
    await setTimeout(20);
  }
}

async function connectionThatIsReset(server: ReturnType<typeof createServer>): Promise<void> {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect(port, '127.0.0.1');
  const [socket] = await accepted;
  client.write(secret);
  await once(socket, 'data');
  const failed = once(client, 'error');
  socket.resetAndDestroy();
  await failed;
}

await run(['ip', 'link', 'set', 'lo', 'up']);
await run(['iptables', '-A', 'INPUT', '-m', 'conntrack', '--ctstate', 'INVALID', '-j', 'DROP']);
const words = [
  'observe',
  '--serve',
  path,
  '--node',
  'here',
  '--port',
  String(port),
  '--unasked',
  `${unaskedMs}ms`,
];
const observer = spawn(process.execPath, [mainScript, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
let stderr = '';
observer.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
const ended = once(observer, 'close') as Promise<[number | null]>;

const asker = spawn(process.execPath, [mainScript, 'observe', '--ask', path], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
let told = '';
asker.stdin.on('error', () => undefined);
asker.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
const say = (line: object) => void asker.stdin.write(`${JSON.stringify(line)}\n`);
await waitUntil(
  'the observer listens',
  () => stderr.includes('Observing here') || observer.exitCode !== null,
);
say({ after: null, wanted: { addresses: ['127.0.0.1'], ports: [] } });
const beat = setInterval(() => say({}), 500);
await waitUntil('it has begun', () => told.includes('"kind":"begun"'));

const server = createServer().listen(port, '127.0.0.1');
await once(server, 'listening');
await connectionThatIsReset(server);
await waitUntil('its RST is told', () => told.includes('"flags":"R.'));
await setTimeout(1_500);
clearInterval(beat);
server.close();
const silentAt = Date.now();
// The one who asked is killed, and its stream may seem to be open for long.
asker.kill('SIGKILL');
const [exitCode] = await ended;
const lines = told.split('\n').filter((line) => line !== '');
process.stdout.write(
  `${JSON.stringify({ lines, silentAfterMs: Date.now() - silentAt, exitCode, stderr })}\n`,
);
