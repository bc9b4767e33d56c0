// Runs in a network and mounts of its own, in the machine's pid namespace, and stands for a node with two pods: redis-server, and a redis-cli
// that asks it five times a second. While `netdebug watch` watches, somebody writes a rule that rejects, or kills redis-server.
//   watch-redis-inside.ts TROUBLE WORDS...      TROUBLE is `reject` or `kill`; WORDS are those after `netdebug`
// Prints one line of JSON: { "exitCode", "stdout", "stderr" }.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { endingWithUs } from '../../src/system/ending-with-us.ts';
import { runChecked } from '../../src/system/process.ts';
import { mainScript } from '../program.ts';

const [trouble = '', ...netdebug] = process.argv.slice(2);
const [gateway, redis, client] = ['10.213.8.1', '10.213.8.10', '10.213.8.33'];
const ip = (...words: string[]) => runChecked(['ip', ...words]);
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

await ip('link', 'set', 'lo', 'up');
// Other namespaces of this machine are in /proc, too: a route by another machine makes them another node's.
await ip('link', 'add', 'uplink', 'type', 'veth', 'peer', 'name', 'far-end');
for (const link of ['uplink', 'far-end']) await ip('link', 'set', link, 'up');
await ip('address', 'add', '10.99.0.2/24', 'dev', 'uplink');
for (const half of ['0.0.0.0/1', '128.0.0.0/1']) await ip('route', 'add', half, 'via', '10.99.0.1');
await runChecked(['sysctl', '-qw', 'net.ipv4.ip_forward=1']);

/** Runs a program in a pod's network; resolves when that is there. */
async function pod(name: string, address: string, argv: readonly string[]): Promise<ChildProcess> {
  const script = 'echo made && read -r linked && exec "$@"';
  const child = spawn('unshare', ['--net', 'sh', '-c', script, 'sh', ...endingWithUs(argv)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(child.pid));
  await ip('address', 'add', `${gateway}/32`, 'dev', name);
  await ip('link', 'set', name, 'up');
  await ip('route', 'add', address, 'dev', name);
  const inside = (...words: string[]) =>
    runChecked(['nsenter', `--net=/proc/${child.pid}/ns/net`, 'ip', ...words]);
  await inside('link', 'set', 'lo', 'up');
  await inside('address', 'add', `${address}/32`, 'dev', 'eth0');
  await inside('link', 'set', 'eth0', 'up');
  await inside('route', 'add', gateway, 'dev', 'eth0');
  await inside('route', 'add', 'default', 'via', gateway);
  child.stdin.write('linked\n');
  return child;
}

const serve = ['redis-server', '--bind', redis, '--protected-mode', 'no', '--save', '', '--dir', '/'];
const server = await pod('pod-redis', redis, serve);
for (let text = ''; !text.includes('Ready to accept connections');)
  text += String((await once(server.stdout!, 'data'))[0]);
const asking = await pod('pod-client', client, [
  'redis-cli',
  '-h',
  redis,
  '-r',
  '-1',
  '-i',
  '0.2',
  'incr',
  'visits',
]);
await once(asking.stdout!, 'data');

let [stdout, stderr] = ['', ''];
const [file = '', ...args] = endingWithUs([process.execPath, mainScript, ...netdebug]);
const watch = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
const gone = once(watch, 'close') as Promise<[number | null]>;
watch.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
watch.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
const wait = async (what: RegExp, forMs: number) => {
  for (const until = Date.now() + forMs; !what.test(`${stdout}${stderr}`) && Date.now() < until;)
    await pause(20);
};
await wait(/^(watching|Observing) /m, 20_000);
await pause(2_500);
if (trouble === 'kill') server.kill('SIGKILL');
else {
  const rule = ['FORWARD', '-p', 'tcp', '--dport', '6379', '-m', 'comment', '--comment', 'cali:no-redis'];
  await runChecked(['iptables', '-I', ...rule, '-j', 'REJECT', '--reject-with', 'tcp-reset']);
}
await wait(/\bwho\b/, 15_000);
await pause(1_500);
watch.kill('SIGINT');
const [exitCode] = await gone;
for (const child of [asking, server]) child.kill('SIGKILL');
process.stdout.write(`${JSON.stringify({ exitCode, stdout, stderr })}\n`);
process.exit(0);
