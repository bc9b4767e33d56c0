// A node with a pod, and a client on another machine behind a router: namespaces of a private world, in which this process is the node.
import { mkdir } from 'node:fs/promises';
import { run, runChecked } from '../../src/system/process.ts';

export const serverAddress = '10.44.0.10';
export const serverPort = 9_000;
/** Of `ip netns`. */
export const places = { server: 'pod', client: 'outside' } as const;

const words = [
  'netns add pod',
  'netns add router',
  'netns add outside',
  'link set lo up',
  'link add pod0 type veth peer name eth0 netns pod',
  'link add eth0 type veth peer name node0 netns router',
  'link set pod0 up',
  'link set eth0 up',
  'address add 10.128.0.2/24 dev eth0',
  `route add ${serverAddress}/32 dev pod0`,
  // Through a gateway: what is there is no pod of this node.
  'route add 198.51.100.0/24 via 10.128.0.1',
  '-n router link add outside0 type veth peer name eth0 netns outside',
  '-n router link set node0 up',
  '-n router link set outside0 up',
  '-n router address add 10.128.0.1/24 dev node0',
  '-n router address add 198.51.100.1/24 dev outside0',
  `-n router route add ${serverAddress}/32 via 10.128.0.2`,
  '-n outside link set lo up',
  '-n outside link set eth0 up',
  '-n outside address add 198.51.100.2/24 dev eth0',
  '-n outside route add default via 198.51.100.1',
  '-n pod link set lo up',
  '-n pod link set eth0 up',
  `-n pod address add ${serverAddress}/32 dev eth0`,
  '-n pod route add 10.128.0.2/32 dev eth0',
  '-n pod route add default via 10.128.0.2 dev eth0',
];

/** To be called once, in a mount and a network namespace of our own. */
export async function makeWorld(): Promise<void> {
  await runChecked(['mount', '-t', 'tmpfs', 'tmpfs', '/run']);
  await mkdir('/run/netns');
  for (const line of words) await runChecked(['ip', ...line.split(' ')]);
  await runChecked(['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1']);
  const inside = (netns: string, ...argv: string[]) => runChecked(['ip', 'netns', 'exec', netns, ...argv]);
  await inside('router', 'sysctl', '-q', '-w', 'net.ipv4.ip_forward=1');
  await inside(places.server, 'sysctl', '-q', '-w', 'net.core.somaxconn=16384');
  await inside(places.client, 'sysctl', '-q', '-w', 'net.ipv4.ip_local_port_range=10000 60999');
  // What makes the node track connections, as a node's rules do.
  await run(['iptables', '-A', 'FORWARD', '-m', 'conntrack', '--ctstate', 'INVALID', '-j', 'DROP']);
}
