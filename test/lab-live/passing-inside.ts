// Runs inside a private world, starts one witness of what passes by, makes happen what it is to see, and prints what it told.
//   passing-inside.ts neighbours | dataplane | rules     prints one line of JSON: { "events", "raw", "limits", "scope", "end" }
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { neighbours } from '../../src/observe/neighbours.ts';
import { ruleCounters } from '../../src/observe/rule-counters.ts';
import { ruleOwners } from '../../src/observe/rule-owners.ts';
import { run, runChecked } from '../../src/system/process.ts';
import { startWitness, type StartedWitness } from '../observe/start-witness.ts';

const sh = async (line: string) => await runChecked(line.split(' '));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function waitUntil(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within 20 s: ${what}`);
    await pause(50);
  }
}

async function print(witness: StartedWitness): Promise<void> {
  const { lost, text } = await witness.run.stop();
  const { events, raw, limits, run: running } = witness;
  const said = { events, raw, limits, scope: running.scope, limit: running.limit ?? null, end: text, lost };
  process.stdout.write(`${JSON.stringify(said)}\n`);
}

/** A datagram that nobody needs to take: its sender asks for the neighbour. */
async function send(address: string): Promise<void> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  await new Promise((resolve) => socket.send('x', 9, address, resolve));
  socket.close();
}

/** Another network namespace with a process in it. */
async function startPod(): Promise<ChildProcess> {
  const pod = spawn('unshare', ['--net', 'sh', '-c', 'echo in; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(pod.stdout, 'data');
  return pod;
}

async function seeNeighbours(): Promise<void> {
  const pod = await startPod();
  const inPod = async (line: string) => await sh(`nsenter --net=/proc/${pod.pid}/ns/net ${line}`);
  await sh('ip link add name v0 type veth peer name v1');
  await sh(`ip link set v1 netns ${pod.pid}`);
  await sh('ip link set v0 address 02:00:00:00:00:01');
  await inPod('ip link set v1 address 02:00:00:00:00:02');
  await sh('ip address add 10.9.9.1/24 dev v0');
  await sh('ip address add fd09::1/64 dev v0 nodad');
  // Three questions that nobody answers take three seconds else.
  for (const family of ['ipv4', 'ipv6']) await sh(`sysctl -qw net.${family}.neigh.v0.retrans_time_ms=100`);
  await sh('ip link set v0 up');
  for (const what of [
    'link set lo up',
    'address add 10.9.9.2/24 dev v1',
    'address add fd09::2/64 dev v1 nodad',
  ])
    await inPod(`ip ${what}`);
  await inPod('ip link set v1 up');
  await waitUntil('the link is up', async () =>
    (await sh('ip -brief link show dev v0')).stdout.includes(' UP '),
  );
  await inPod('ip neighbour replace 10.9.9.1 lladdr 02:00:00:00:00:01 dev v1');
  const witness = await startWitness(neighbours, ['10.9.9.2']);
  const knows = async (words: string, mac: string) => (await sh(`ip ${words}`)).stdout.includes(mac);
  for (const address of ['10.9.9.2', 'fd09::2']) {
    await send(address);
    await waitUntil(`${address} answers`, () =>
      knows(`neighbour show ${address} dev v0`, '02:00:00:00:00:02'),
    );
  }
  // The pod's interface gets another address, as it does when another pod takes its place.
  await inPod('ip link set v1 down');
  await inPod('ip link set v1 address 02:00:00:00:00:99');
  await inPod('ip link set v1 up');
  await inPod('ip address replace fd09::2/64 dev v1 nodad');
  await waitUntil('the link is up', async () =>
    (await sh('ip -brief link show dev v0')).stdout.includes(' UP '),
  );
  for (const address of ['10.9.9.2', 'fd09::2']) {
    await send(address);
    await waitUntil(`${address} has moved`, () =>
      knows(`neighbour show ${address} dev v0`, '02:00:00:00:00:99'),
    );
  }
  // Nobody has this one; and one that is deleted has not failed.
  await send('10.9.9.77');
  await sh('ip neighbour delete 10.9.9.2 dev v0');
  const failed = () =>
    witness.events.some((event) => event.event === 'neighbour' && event.change === 'failed');
  await waitUntil('10.9.9.77 has failed', failed);
  // In the pod, another address for the node's.
  await inPod('ip neighbour replace 10.9.9.1 lladdr 02:00:00:00:00:55 dev v1');
  await print(witness);
  pod.kill('SIGKILL');
}

/** Of a program that does nothing, called as Cilium's are: `r0 = 0; exit`, assembled by llvm-mc 14. */
const program = [
  'f0VMRgIBAQAAAAAAAAAAAAEA9wABAAAAAAAAAAAAAAAAAAAAAAAAAMAAAAAAAAAAAAAAAEAAAAAAAEAABgABALcAAAAAAAAAlQAAAAAAAABHUEwA',
  'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcAAAASAAMAAAAAAAAAAAAQAAAAAAAAAAAudGV4dABjaWxfZnJvbV9jb250YWluZXIAbGljZW5z',
  'ZQB0YwAuc3RydGFiAC5zeW10YWIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'AAAAACUAAAADAAAAAAAAAAAAAAAAAAAAAAAAAIgAAAAAAAAANQAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAABAAAAAQAAAAYAAAAAAAAA',
  'AAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAIgAAAAEAAAAGAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAQAAAA',
  'AAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAABoAAAABAAAAAwAAAAAAAAAAAAAAAAAAAFAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAA',
  'AAAAAAAAAAAtAAAAAgAAAAAAAAAAAAAAAAAAAAAAAABYAAAAAAAAADAAAAAAAAAAAQAAAAEAAAAIAAAAAAAAABgAAAAAAAAA',
].join('');

async function seeDataplane(): Promise<void> {
  const object = '/tmp/cil_from_container.o';
  await sh('mount -t tmpfs tmpfs /tmp');
  await run(['mount', '-t', 'bpf', 'bpf', '/sys/fs/bpf']);
  writeFileSync(object, Buffer.from(program, 'base64'));
  await sh('ip link add name lxc1 type veth peer name v1');
  const before = await startWitness(ruleOwners);
  const bare = { scope: before.run.scope, limit: before.run.limit ?? null };
  await before.run.stop();
  await sh('tc qdisc add dev lxc1 clsact');
  const attach = `tc filter add dev lxc1 ingress bpf direct-action obj ${object} sec tc`;
  const attached = await run(attach.split(' '));
  if (attached.exitCode !== 0) {
    process.stdout.write(`${JSON.stringify({ bare, refused: attached.stderr.trim() })}\n`);
    return;
  }
  process.stderr.write(`${JSON.stringify(bare)}\n`);
  await print(await startWitness(ruleOwners));
}

async function seeRules(): Promise<void> {
  await sh('ip link set lo up');
  for (const rule of [
    '-N cali-fw-cali12',
    '-A cali-fw-cali12 -p udp --dport 9 -j DROP',
    '-A INPUT -p udp --dport 9 -j cali-fw-cali12',
    '-N KUBE-SERVICES',
    '-A KUBE-SERVICES -p tcp --dport 10 -j REJECT',
    '-A INPUT -p tcp --dport 10 -j KUBE-SERVICES',
    '-A INPUT -p udp --dport 11 -j DROP',
  ])
    await sh(`iptables ${rule}`);
  const chain = 'chain filter-input {\ntype filter hook input priority 0;\nudp dport 12 counter drop\n}';
  await runChecked(['nft', '-f', '-'], { input: `table inet kube-proxy {\n${chain}\n}\n` });
  const witness = await startWitness(ruleCounters);
  for (const port of [9, 11, 12]) {
    const socket = createSocket('udp4');
    await new Promise((resolve) => socket.send('x', port, '127.0.0.1', resolve));
    socket.close();
  }
  await run(['bash', '-c', 'echo x > /dev/tcp/127.0.0.1/10']);
  await print(witness);
}

const cases: Readonly<Record<string, () => Promise<void>>> = {
  neighbours: seeNeighbours,
  dataplane: seeDataplane,
  rules: seeRules,
};
await cases[process.argv[2] ?? '']?.();
