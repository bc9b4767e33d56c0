// Three namespaces, client – router – server, a router that loses packets, and captures of it; the kernels of the two ends count what
// they sent again. What runs in them are two programs of ours and tcpdump; all of it ends with `end`.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LossyWay {
  /** The captures' files, by name: `any` in cooked form of both versions, and each interface of the router by itself. */
  readonly captures: Readonly<Record<string, Buffer>>;
  /** What the kernel of each end counted as sent again. */
  readonly retransmitted: { readonly client: number; readonly server: number };
}

export interface LossyWayOptions {
  readonly family: 4 | 6;
  /** Of a hundred packets that the router forwards. */
  readonly percentLost: number;
  readonly connections: number;
  readonly requests: number;
}

/** Addresses of both ends by family. */
export const ends = {
  4: {
    client: '10.71.1.2',
    server: '10.71.2.2',
    clientGate: '10.71.1.1',
    serverGate: '10.71.2.1',
    length: 24,
  },
  6: {
    client: 'fd71:1::2',
    server: 'fd71:2::2',
    clientGate: 'fd71:1::1',
    serverGate: 'fd71:2::1',
    length: 64,
  },
} as const;

const interfaces = ['port', 'bridge', 'uplink'] as const;
const port = 7_100;

/** Why this machine cannot make such a way; false when it can. */
export function lossyWaySkip(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  for (const tool of ['ip', 'nft', 'tcpdump', 'nstat', 'ss'])
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) return `needs ${tool}`;
  return false;
}

/** Throws an Error when a command fails; in any case nothing is left behind. `folder` takes the captures. */
export async function runLossyWay(folder: string, options: LossyWayOptions): Promise<LossyWay> {
  const names = { client: `ndw${process.pid}c`, router: `ndw${process.pid}r`, server: `ndw${process.pid}s` };
  const running: Program[] = [];
  const start = (where: keyof typeof names, argv: readonly string[]): Program => {
    const program = startProgram(['ip', 'netns', 'exec', names[where], ...argv]);
    running.push(program);
    return program;
  };
  try {
    for (const name of Object.values(names)) run(['ip', 'netns', 'add', name]);
    connect(names, options);
    const server = start('server', [process.execPath, '-e', serverScript, String(port)]);
    await server.said('ready');
    const words = [ends[options.family].server, port, options.connections, options.requests].map(String);
    const client = start('client', [process.execPath, '-e', clientScript, ...words]);
    // Of a handshake an end may send the same twice within its clock's tick, in answer and by its timer; no capture tells these apart.
    await client.said('connected');
    const before = { client: retransSegs(names.client), server: retransSegs(names.server) };
    lose(names.router, options.percentLost);
    const captures = new Map<string, Program>();
    for (const name of ['any-v1', 'any-v2', ...interfaces]) {
      const of =
        name === 'any-v1'
          ? ['any', '-y', 'LINUX_SLL']
          : name === 'any-v2'
            ? ['any', '-y', 'LINUX_SLL2']
            : [name];
      const argv = ['tcpdump', '-Z', 'root', '--immediate-mode', '-U', '-s', '128', '-n', '-i', ...of];
      captures.set(name, start('router', [...argv, '-w', join(folder, `${name}.pcap`), 'tcp']));
    }
    for (const capture of captures.values()) await capture.said('listening on');
    client.signal('SIGUSR2');
    await client.said('done');
    for (const name of [names.client, names.server]) await allAcknowledged(name);
    // Before anything closes: a FIN that is sent again is counted by the kernel, and carries no data.
    const retransmitted = {
      client: retransSegs(names.client) - before.client,
      server: retransSegs(names.server) - before.server,
    };
    for (const capture of captures.values()) await capture.end('SIGINT');
    const read = (name: string) => readFileSync(join(folder, `${name}.pcap`));
    return {
      captures: Object.fromEntries([...captures.keys()].map((name) => [name, read(name)])),
      retransmitted,
    };
  } finally {
    for (const program of running) await program.end('SIGKILL');
    for (const name of Object.values(names)) spawnSync('ip', ['netns', 'delete', name]);
  }
}

export interface Program {
  /** Resolves when its output has the words; rejects when it ends before. */
  said(words: string): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  end(signal: NodeJS.Signals): Promise<void>;
}

export function startProgram([program = '', ...words]: readonly string[]): Program {
  // Bounded, whatever goes wrong.
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  let text = '';
  let heard = Promise.withResolvers<undefined>();
  const hear = (chunk: Buffer) => {
    text += chunk.toString('utf8');
    heard.resolve(undefined);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    child.on('close', () => {
      ended = true;
      heard.resolve(undefined);
      resolve();
    });
  });
  return {
    async said(expected) {
      while (!text.includes(expected)) {
        if (ended)
          throw new Error(`${program} ${words.join(' ')} ended before it said "${expected}": ${text}`);
        await heard.promise;
        heard = Promise.withResolvers();
      }
    },
    signal: (signal) => child.kill(signal),
    async end(signal) {
      if (!ended) child.kill(signal);
      await exited;
    },
  };
}

function connect(
  names: Readonly<Record<'client' | 'router' | 'server', string>>,
  { family }: LossyWayOptions,
): void {
  const { client, server, clientGate, serverGate, length } = ends[family];
  const inside = (name: string, command: string) =>
    run(['ip', '-n', name, ...(family === 6 ? ['-6'] : []), ...command.split(' ')]);
  run([
    'ip',
    'link',
    'add',
    'port',
    'netns',
    names.router,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    names.client,
  ]);
  run([
    'ip',
    'link',
    'add',
    'uplink',
    'netns',
    names.router,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    names.server,
  ]);
  inside(names.router, 'link add bridge type bridge');
  inside(names.router, 'link set port master bridge');
  for (const name of interfaces) inside(names.router, `link set ${name} up`);
  const optional = family === 6 ? ' nodad' : '';
  inside(names.router, `addr add ${clientGate}/${length} dev bridge${optional}`);
  inside(names.router, `addr add ${serverGate}/${length} dev uplink${optional}`);
  for (const [name, address, gate] of [
    [names.client, client, clientGate],
    [names.server, server, serverGate],
  ] as const) {
    inside(name, 'link set eth0 up');
    inside(name, `addr add ${address}/${length} dev eth0${optional}`);
    inside(name, `route add default via ${gate}`);
  }
  const forwarding = family === 4 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding';
  run(['ip', 'netns', 'exec', names.router, 'sysctl', '-qw', `${forwarding}=1`]);
}

function lose(router: string, percent: number): void {
  const rule = `numgen random mod 100 < ${percent} drop`;
  const chain = `chain way { type filter hook forward priority 0; ${rule}; }`;
  run(['ip', 'netns', 'exec', router, 'nft', `table inet lossy { ${chain}; }`]);
}

export function run(argv: readonly string[]): string {
  const [program = '', ...words] = argv;
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  return stdout;
}

/** Until then an end may send again. */
async function allAcknowledged(name: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (!run(['ip', 'netns', 'exec', name, 'ss', '-Htni']).includes('unacked:')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('what was sent is not acknowledged');
}

/** RFC 1213's tcpRetransSegs, which a namespace counts from its making on. */
function retransSegs(name: string): number {
  const text = run(['ip', 'netns', 'exec', name, 'nstat', '-asz', 'TcpRetransSegs']);
  return Number(/^TcpRetransSegs\s+([0-9]+)/m.exec(text)?.[1]);
}

const serverScript = `
  const server = require('node:net').createServer({ noDelay: true }, (socket) => socket.on('data', () => socket.write('a'.repeat(60))));
  server.listen(Number(process.argv[1]), () => console.log('ready'));
`;

/** All connections at once; on each, from the signal on, one request after the other. It stays when it is done. */
const clientScript = `
  const [host, port, connections, requests] = process.argv.slice(1);
  let [waiting, open] = [Number(connections), Number(connections)];
  const asks = [];
  for (let count = open; count > 0; count -= 1) {
    const socket = require('node:net').connect({ host, port: Number(port), noDelay: true });
    let left = Number(requests);
    const ask = () => (left-- > 0 ? socket.write('q'.repeat(50)) : --open === 0 && console.log('done'));
    socket.on('connect', () => --waiting === 0 && console.log('connected')).on('data', ask);
    asks.push(ask);
  }
  process.on('SIGUSR2', () => asks.forEach((ask) => ask()));
`;
