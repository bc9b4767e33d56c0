// Runs inside a private world: `netdebug watch` as a DaemonSet's pod starts it, beside an API server and a server that aborts connections
// of a client, each at the address of a pod.
//   watch-all-day-inside.ts ORDER      ORDER is JSON: AllDayOrder
// Prints one line of JSON, an AllDayWorld.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { makePod } from '../../bench/coordinator/in-pod.ts';
import { runChecked } from '../../src/system/process.ts';
import { certificate } from '../kubernetes/scripted-api.ts';
import { until } from '../probe/recording.ts';
import { mainScript } from '../program.ts';

export interface AllDayOrder {
  readonly connections: number;
  /** The words of `netdebug`, with $(NETDEBUG_NODE) and $(NETDEBUG_HOST_ADDRESS) in them. */
  readonly words: readonly string[];
}

export interface AllDayWorld {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** `/metrics` before anything was lost, when the Events had been made, and when the losses were counted. */
  readonly metrics: { readonly before: string; readonly told: string; readonly counted: string };
  readonly events: readonly {
    readonly involvedObject: object;
    readonly count: number;
    readonly reason: string;
    readonly message: string;
  }[];
  /** `GET /api/v1/nodes`, without queries, each once; and the tokens that it was asked with. */
  readonly asked: readonly string[];
  readonly tokens: readonly string[];
}

const { connections, words } = JSON.parse(process.argv[2] ?? '{}') as AllDayOrder;
const port = 9_000;
const [nodeAddress, clientAddress, serverAddress] = ['10.99.0.9', '10.99.0.1', '10.99.0.2'];

await runChecked(['ip', 'link', 'set', 'lo', 'up']);
for (const address of [nodeAddress, clientAddress, serverAddress])
  await runChecked(['ip', 'address', 'add', `${address}/32`, 'dev', 'lo']);

const pod = (name: string, ip: string, owner: object, labels = {}) => ({
  metadata: {
    ...{ name, namespace: 'shop', uid: `uid-of-${name}`, resourceVersion: '7', labels },
    ownerReferences: [{ ...owner, controller: true }],
  },
  spec: { nodeName: 'node-1' },
  status: { phase: 'Running', podIPs: [{ ip }] },
});
const lists: Readonly<Record<string, readonly object[]>> = {
  '/api/v1/nodes': [
    {
      metadata: { name: 'node-1' },
      status: {
        addresses: [{ type: 'InternalIP', address: nodeAddress }],
        nodeInfo: { bootID: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() },
      },
    },
  ],
  '/api/v1/pods': [
    pod(
      'checkout-h1-x',
      clientAddress,
      { kind: 'ReplicaSet', name: 'checkout-h1' },
      { 'pod-template-hash': 'h1' },
    ),
    pod('redis-0', serverAddress, { kind: 'StatefulSet', name: 'redis' }),
  ],
  '/api/v1/services': [],
};
const asked = new Set<string>();
const tokens = new Set<string>();
const events: AllDayWorld['events'][number][] = [];
const api = createServer(
  { key: readFileSync(certificate('server-key.pem')), cert: readFileSync(certificate('server.pem')) },
  (request, response) => {
    const url = new URL(request.url ?? '/', 'https://api');
    const isWatch = url.searchParams.has('watch');
    asked.add(`${isWatch ? 'WATCH' : (request.method ?? '')} ${url.pathname}`);
    tokens.add(request.headers.authorization ?? '');
    void text(request).then((body) => {
      if (request.method === 'POST') events.push(JSON.parse(body) as AllDayWorld['events'][number]);
      response.writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' });
      if (isWatch) response.flushHeaders();
      else
        response.end(
          JSON.stringify({ metadata: { resourceVersion: '7' }, items: lists[url.pathname] ?? [] }),
        );
    });
  },
);
api.listen(0, '127.0.0.1');
await once(api, 'listening');

// Programs that are not ours: a server that aborts when it is told to, and its client, connected before anybody watches.
const serve = `require('node:net').createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (data) => (String(data).includes('abort') ? socket.resetAndDestroy() : socket.write('answer\\n')));
}).listen(${port}, '${serverAddress}', () => console.log('ready'));`;
const server = spawn(process.execPath, ['-e', serve], { stdio: ['ignore', 'pipe', 'inherit'] });
await once(server.stdout, 'data');
const dial = `const options = { host: '${serverAddress}', port: ${port}, localAddress: '${clientAddress}' };
const sockets = Array.from({ length: ${connections} }, () => require('node:net').connect(options));
let [answered, left] = [0, sockets.length];
for (const socket of sockets) {
  socket.write('question\\n');
  socket.once('data', () => (answered += 1) === sockets.length && console.log('ready'));
  socket.on('error', () => (left -= 1) === 0 && process.exit(0));
}
process.stdin.on('data', () => sockets.forEach((socket) => socket.write('abort\\n')));`;
const client = spawn(process.execPath, ['-e', dial], { stdio: ['pipe', 'pipe', 'inherit'] });
await once(client.stdout, 'data');

const account = makePod('token-of-the-watcher', certificate('ca.pem'), (api.address() as AddressInfo).port);
const filledIn = words.map((word) =>
  word.replace('$(NETDEBUG_NODE)', 'node-1').replace('$(NETDEBUG_HOST_ADDRESS)', nodeAddress),
);
const [file = '', ...args] = account.inside([process.execPath, mainScript, ...filledIn]);
const watch = spawn(file, args, {
  stdio: ['ignore', 'pipe', 'pipe'],
  env: { ...process.env, ...account.environment },
});
const said = { stdout: '', stderr: '' };
watch.stdout.setEncoding('utf8').on('data', (more: string) => (said.stdout += more));
watch.stderr.setEncoding('utf8').on('data', (more: string) => (said.stderr += more));
const gone = once(watch, 'close') as Promise<[number | null, string | null]>;
const get = async (path: string) => {
  const answer = await fetch(`http://${nodeAddress}:9466${path}`);
  return { status: answer.status, text: await answer.text() };
};
const isReady = async () => {
  const { status } = await get('/readyz').catch(() => ({ status: 0 }));
  return status === 200;
};
const scrape = async () => (await get('/metrics')).text;

const patience = setTimeout(() => {
  process.stderr.write(`it takes too long: ${JSON.stringify({ said, events, asked: [...asked] })}\n`);
  process.exit(1);
}, 170_000);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
while (!(await isReady())) await wait(200);
// Whether a process was ending as it closed its sockets is known of one that was watched for a second before.
await wait(1_500);
const before = await scrape();
client.stdin.write('abort\n');
await once(client, 'close');
while (events.length < 2) await wait(200);
const told = await scrape();
const isCounted = (page: string) =>
  page.split('\n').filter((line) => /^netdebug_lost_connections_total\{.*\} [1-9]/.test(line)).length >= 2;
let counted = '';
while (!isCounted((counted = await scrape()))) await wait(500);
watch.kill('SIGTERM');
const [exitCode] = await gone;
const serverGone = once(server, 'close');
server.kill('SIGKILL');
await serverGone;
await until('the API is closed', () => {
  api.closeAllConnections();
  return true;
});
account.remove();
clearTimeout(patience);
const world: AllDayWorld = {
  ...{ exitCode, ...said, events, metrics: { before, told, counted } },
  ...{ asked: [...asked].toSorted(), tokens: [...tokens] },
};
process.stdout.write(`${JSON.stringify(world)}\n`, () => process.exit(0));
