// A connection that its server aborts inside tunnels of the kernel, captured by tcpdump on the way: the inner one is what is told.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { diagnosePaths } from '../../src/experiment/re-diagnose.ts';
import { run, startProgram, type Program } from '../packets/lossy-way.ts';

const outer = { 4: ['10.72.1.1', '10.72.1.2'], 6: ['fd72:1::1', 'fd72:1::2'] } as const;
const inner = { 4: ['10.72.2.1', '10.72.2.2'], 6: ['fd72:2::1', 'fd72:2::2'] } as const;
const length = { 4: 24, 6: 64 } as const;
const names = [`ndt${process.pid}a`, `ndt${process.pid}b`] as const;

/** `ip link add tun type …`, and what evidence calls it. */
const kinds: Readonly<
  Record<
    string,
    readonly [link: (far: string) => string, words: string, over: 4 | 6, inside: readonly (4 | 6)[]]
  >
> = {
  VXLAN: [(far) => `vxlan id 42 remote ${far} dstport 4789 dev eth0`, 'VXLAN 42', 4, [4, 6]],
  'VXLAN as flannel has it': [(far) => `vxlan id 1 remote ${far} dstport 8472 dev eth0`, 'VXLAN 1', 4, [4]],
  'VXLAN over IPv6': [(far) => `vxlan id 42 remote ${far} dstport 4789 dev eth0`, 'VXLAN 42', 6, [4, 6]],
  Geneve: [(far) => `geneve id 43 remote ${far}`, 'Geneve 43', 4, [4, 6]],
  GRE: [(far) => `gre remote ${far} local any`, 'GRE', 4, [4, 6]],
  'GRE with key, sequence and checksum': [(far) => `gre remote ${far} key 7 seq csum`, 'GRE 7', 4, [4]],
  'GRE of Ethernet': [(far) => `gretap remote ${far}`, 'GRE', 4, [4, 6]],
  IPIP: [(far) => `ipip remote ${far} local any`, 'IPIP', 4, [4]],
  '6in4': [(far) => `sit remote ${far} local any`, '6in4', 4, [6]],
};

const captures = {
  ethernet: ['eth0'],
  'cooked 1': ['any', '-y', 'LINUX_SLL'],
  'cooked 2': ['any', '-y', 'LINUX_SLL2'],
} as const;

const missing = ['ip', 'tcpdump'].filter(
  (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0,
);
const skip = process.getuid?.() !== 0 ? 'needs root' : missing.length > 0 && `needs ${missing.join(', ')}`;

describe('a connection in a tunnel of the kernel', { skip }, () => {
  for (const [name, [link, words, over, families]] of Object.entries(kinds))
    for (const inside of families)
      it(`is told, and the tunnel named: ${name}, IPv${inside} inside`, async (t) => {
        const files = await abortedInTunnel(t, link, over, inside);
        if (files === undefined) return;
        for (const [capture, path] of Object.entries(files)) {
          const { findings, notes } = await diagnosePaths([path]);
          assert.deepEqual(
            findings.map(({ rivals, connections }) => ({
              ...{ connections, causes: rivals.map(({ cause }) => cause) },
            })),
            [
              {
                connections: 1,
                causes: [
                  ...['server-process-died', 'server-killed-for-memory', 'server-aborted'],
                  'socket-destroyed',
                ],
              },
            ],
            `${capture}: ${notes.join('\n')}`,
          );
          const [client, server] = inner[inside];
          const text = findings[0]?.evidence.map((item) => item.text).join('\n') ?? '';
          assert.ok(text.includes(`${server}.7200 > ${client}.`), text);
          const [from, to] = outer[over];
          if (capture === 'ethernet') assert.ok(text.includes(`, via ${to} > ${from} ${words}`), text);
        }
      });
});

/** Where the captures lie, by kind; undefined where this kernel has no such tunnel. */
async function abortedInTunnel(
  t: TestContext,
  link: (far: string) => string,
  over: 4 | 6,
  inside: 4 | 6,
): Promise<Record<string, string> | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'netdebug-tunnels-'));
  const running: Program[] = [];
  t.after(async () => {
    for (const program of running) await program.end('SIGKILL');
    for (const name of names) spawnSync('ip', ['netns', 'delete', name]);
    rmSync(folder, { recursive: true });
  });
  for (const name of names) run(['ip', 'netns', 'add', name]);
  const ip = (where: number, command: string) => run(['ip', '-n', names[where] ?? '', ...command.split(' ')]);
  run(`ip link add eth0 netns ${names[0]} type veth peer name eth0 netns ${names[1]}`.split(' '));
  const addressed = (where: number, device: string, address: string, bits: number) => {
    ip(where, `link set ${device} up`);
    ip(where, `addr add ${address}/${bits} dev ${device}${address.includes(':') ? ' nodad' : ''}`);
  };
  for (const where of [0, 1]) addressed(where, 'eth0', outer[over][where] ?? '', length[over]);
  for (const where of [0, 1]) {
    const argv = `ip -n ${names[where] ?? ''} link add tun type ${link(outer[over][1 - where] ?? '')}`.split(
      ' ',
    );
    const { status, stderr } = spawnSync('ip', argv.slice(1), { encoding: 'utf8' });
    if (status !== 0) {
      t.skip(`this kernel makes none: ${stderr.trim()}`);
      return undefined;
    }
    addressed(where, 'tun', inner[inside][where] ?? '', length[inside]);
  }
  const start = (where: number, argv: readonly string[]) => {
    const program = startProgram(['ip', 'netns', 'exec', names[where] ?? '', ...argv]);
    running.push(program);
    return program;
  };
  const files: Record<string, string> = {};
  const tcpdumps: Program[] = [];
  for (const [kind, of] of Object.entries(captures)) {
    const file = join(folder, `${kind.replace(' ', '-')}.pcap`);
    files[kind] = file;
    // In immediate mode each packet has a place as long as it may be: of the longest, the ring would hold no more than eight.
    const ring = ['--immediate-mode', '-s', '256', '-B', '8192'];
    const argv = ['tcpdump', '-Z', 'root', ...ring, '-U', '-n', '-i', ...of, '-w', file];
    const program = start(1, argv);
    tcpdumps.push(program);
    await program.said('listening on');
  }
  await start(1, [process.execPath, '-e', serverScript]).said('ready');
  await start(0, [process.execPath, '-e', clientScript, inner[inside][1]]).said('ECONNRESET');
  // What was captured is written at once; that it was, is seen in the file.
  for (const file of Object.values(files)) await holdsReset(file);
  for (const program of tcpdumps) await program.end('SIGINT');
  return files;
}

async function holdsReset(file: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { stdout } = spawnSync('tcpdump', ['-nr', file], { encoding: 'utf8' });
    if (stdout.includes('Flags [R') || readFileSync(file).length > 1_000_000) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${file} holds no RST`);
}

/** It aborts after three answers, with what it was asked last unread. */
const serverScript = `
  require('node:net').createServer((socket) => {
    let asked = 0;
    socket.on('error', () => undefined);
    socket.on('data', () => (++asked > 3 ? socket.resetAndDestroy() : socket.write('answer')));
  }).listen({ port: 7200, host: '::' }, () => console.log('ready'));
`;
const clientScript = `
  const socket = require('node:net').connect({ host: process.argv[1], port: 7200 }, () => socket.write('ask'));
  socket.on('data', () => socket.write('ask'));
  socket.on('error', ({ code }) => console.log(code));
`;
