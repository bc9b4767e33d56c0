// Runs inside a private world that stands for a node: a pod of another user, kube-proxy's nftables, and `netdebug observe` with the
// rights of its pod and no others. Then a connection in the node is reset, and the pod's listener goes.
//   observer-pod-inside.ts FOLDER CAPABILITIES PID-NAMESPACE WITNESSES
// CAPABILITIES and WITNESSES with commas; PID-NAMESPACE is `host` or `own`
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { run, runChecked } from '../../src/system/process.ts';
import { mainScript } from '../program.ts';

const [folder = '', capabilities = '', pidNamespace = 'host', witnesses = ''] = process.argv.slice(2);
const podAddress = '10.44.0.10';

/** What `observe` has said so far. */
let stderr = '';

async function waitUntil(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${what}; observe said: ${stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, 'close');
  child.kill(signal);
  await gone;
}

await runChecked(['ip', 'link', 'set', 'lo', 'up']);
// Connection tracking works from the first rule on that needs it.
await runChecked(['iptables', '-A', 'INPUT', '-m', 'conntrack', '--ctstate', 'INVALID', '-j', 'DROP']);
// As kube-proxy writes them in mode nftables, shortened.
const rules = `table ip kube-proxy {
  comment "rules for kube-proxy";
  map no-endpoint-services {
    type ipv4_addr . inet_proto . inet_service : verdict
    elements = { 10.96.0.44 . tcp . 80 comment "ns/no-endpoint:p80" : goto reject-chain }
  }
  chain reject-chain { comment "helper to reject"; reject; }
  chain service-endpoints-check { ip daddr . meta l4proto . th dport vmap @no-endpoint-services; }
  chain filter-forward { type filter hook forward priority -110; ct state new jump service-endpoints-check; }
  chain cluster-ips-check { ip daddr 10.96.0.0/16 drop; }
}`;
await runChecked(['nft', '-f', '-'], { input: rules });

// The pod: its own network, another user, a server that listens.
const serve = `require('node:net').createServer().listen(8080, '0.0.0.0', () => console.log('listens'))`;
const asUser = ['setpriv', '--reuid=1234', '--regid=1234', '--clear-groups'];
const pod = spawn(
  'unshare',
  ['--net', 'sh', '-c', 'ip link set lo up && ip address add "$0"/32 dev lo && exec "$@"', podAddress]
    .concat(asUser)
    .concat([process.execPath, '-e', serve]),
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
await once(pod.stdout, 'data');
await runChecked(['ip', 'route', 'add', '10.44.0.0/24', 'dev', 'lo']);

const only = capabilities.split(',').map((name) => `+${name.toLowerCase()}`);
const rights = ['setpriv', '--no-new-privs', `--bounding-set=${['-all', ...only].join(',')}`];
const observe = [
  ...[process.execPath, mainScript, 'observe', '--out', folder, '--node', 'here', '--port', '9000'],
  ...['--sample', '100ms', '--only', witnesses],
];
const words = [
  ...(pidNamespace === 'own' ? ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] : []),
  ...[...rights, `--inh-caps=${['-all', ...only].join(',')}`, ...observe],
];
const [file = '', ...args] = words;
const observer = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
observer.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
await waitUntil('observe has started', () => {
  if (observer.exitCode !== null)
    throw new Error(`observe has ended with ${String(observer.exitCode)}: ${stderr}`);
  return stderr.includes('Observing here');
});

const server = createServer().listen(9_000, '127.0.0.1');
await once(server, 'listening');
const accepted = once(server, 'connection') as Promise<[Socket]>;
const client = connect(9_000, '127.0.0.1');
const [socket] = await accepted;
client.write('hello\n');
await once(socket, 'data');
const failed = once(client, 'error');
socket.resetAndDestroy();
await failed;
server.close();
await end(pod, 'SIGKILL');

const events = join(folder, 'evidence/here/events.ndjson');
const has = (text: string) => existsSync(events) && readFileSync(events, 'utf8').includes(text);
// Asked anew each time: what is said at the start may be written only now.
const hasNoCapture = () => has('"source":"capture"') && has('"state":"unavailable"');
await waitUntil('the RST is in the evidence', () => hasNoCapture() || has('"flags":"R.'));
// The last reading, at the end, finds that the pod's listener went.
const gone = once(observer, 'close') as Promise<[number | null]>;
// Under `unshare` the observer is its child.
const children = await run(['pgrep', '-P', String(observer.pid)]);
const target = pidNamespace === 'own' ? Number(children.stdout.trim().split('\n')[0]) : observer.pid!;
process.kill(target, 'SIGTERM');
const [exitCode] = await gone;
process.stdout.write(`${JSON.stringify({ exitCode, stderr })}\n`);
