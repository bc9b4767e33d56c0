// Runs in a network of its own: `netdebug watch --ui`, a connection that is lost there, and the page as a browser would ask for it.
// Prints one line of JSON: { "exitCode", "stderr", "foreign", "html", "news" }, `foreign` being the status without the secret.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { endingWithUs } from '../../src/system/ending-with-us.ts';
import { mainScript } from '../program.ts';

const [file = '', ...args] = endingWithUs([process.execPath, mainScript, 'watch', '--node', 'here', '--ui']);
const watch = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
let [stdout, stderr] = ['', ''];
watch.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
watch.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
const gone = once(watch, 'close') as Promise<[number | null]>;
const wait = async (condition: () => boolean) => {
  for (const until = Date.now() + 20_000; !condition() && Date.now() < until;)
    await new Promise((done) => setTimeout(done, 20));
};
await wait(() => stdout.startsWith('watching ') && stderr.includes('Live: '));
const url = /^Live: (\S+)$/m.exec(stderr)?.[1] ?? '';

const server = createServer().listen(7_777, '10.213.9.1');
await once(server, 'listening');
const accepted = once(server, 'connection') as Promise<[Socket]>;
const client = connect(7_777, '10.213.9.1');
const [socket] = await accepted;
client.write('question');
await once(socket, 'data');
const failed = once(client, 'error');
socket.resetAndDestroy();
await failed;
server.close();
await wait(() => /\bwho\b/.test(stdout));

const foreign = (await fetch(new URL('/', url))).status;
const html = await (await fetch(url)).text();
const stream = await fetch(`${url}events`);
watch.kill('SIGINT');
const news = await stream.text();
const [exitCode] = await gone;
process.stdout.write(
  `${JSON.stringify({ exitCode, stderr: `${stderr}${stdout}`, foreign, html, news })}\n`,
  () => process.exit(0),
);
