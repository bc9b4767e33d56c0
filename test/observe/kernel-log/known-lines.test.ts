import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRecord } from '../../../src/observe/kernel-log/kmsg.ts';
import {
  readKillSummary,
  readKnownLine,
  type KnownLine,
} from '../../../src/observe/kernel-log/known-lines.ts';

// As kernels of 4.19 to 6.18 print them.
const lines: readonly (readonly [string, KnownLine])[] = [
  ['nf_conntrack: nf_conntrack: table full, dropping packet', { kind: 'conntrack-full' }],
  ['nf_conntrack: table full, dropping packet', { kind: 'conntrack-full' }],
  [
    'nf_conntrack: nf_conntrack: table full in netns 4026533859, dropping packet',
    { kind: 'conntrack-full', namespace: 4_026_533_859 },
  ],
  [
    'TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.  Check SNMP counters.',
    { kind: 'syn-flood', port: 80 },
  ],
  [
    'TCP: request_sock_TCP: Possible SYN flooding on port 10.0.0.1:80. Sending cookies.',
    { kind: 'syn-flood', address: '10.0.0.1', port: 80 },
  ],
  [
    'TCP: request_sock_TCPv6: Possible SYN flooding on port [fd00::1]:443. Dropping request.',
    { kind: 'syn-flood', address: 'fd00::1', port: 443 },
  ],
  ['neighbour: arp_cache: neighbor table overflow!', { kind: 'neighbour-overflow' }],
  ['neighbour: ndisc_cache: neighbor table overflow!', { kind: 'neighbour-overflow' }],
  ['TCP: out of memory -- consider tuning tcp_mem', { kind: 'tcp-memory' }],
  ['TCP: too many orphaned sockets', { kind: 'too-many-orphans' }],
  ['TCP: time wait bucket table overflow', { kind: 'time-wait-overflow' }],
  [
    'IPv6: eth0: IPv6 duplicate address fd00::5 used by 02:42:ac:11:00:02 detected!',
    { kind: 'duplicate-address', interface: 'eth0', address: 'fd00::5' },
  ],
  [
    'IPv4: martian source 10.44.0.9 from 10.44.1.3, on dev eth0',
    { kind: 'martian-source', interface: 'eth0', address: '10.44.0.9' },
  ],
  [
    'e1000e 0000:00:1f.6 eno1: NIC Link is Up 1000 Mbps Full Duplex, Flow Control: Rx/Tx',
    { kind: 'link-up', interface: 'eno1' },
  ],
  ['ixgbe 0000:03:00.0 eth2: NIC Link is Down', { kind: 'link-down', interface: 'eth2' }],
  ['mlx5_core 0000:08:00.0 enp8s0f0: Link down', { kind: 'link-down', interface: 'enp8s0f0' }],
  [
    'NETDEV WATCHDOG: eth0 (virtio_net): transmit queue 0 timed out',
    { kind: 'transmit-timeout', interface: 'eth0' },
  ],
  [
    'IPVS: rr: TCP 10.96.0.1:443 - no destination available',
    { kind: 'ipvs-no-destination', address: '10.96.0.1', port: 443 },
  ],
  [
    'Memory cgroup out of memory: Killed process 4711 (redis-server) total-vm:61232kB, anon-rss:18396kB',
    { kind: 'oom-kill', pid: 4_711, command: 'redis-server' },
  ],
  [
    'Out of memory: Killed process 12 (a (b) c) total-vm:1kB',
    { kind: 'oom-kill', pid: 12, command: 'a (b) c' },
  ],
  [
    'nginx[233]: segfault at 0 ip 000055d5 sp 00007ffe error 4 in nginx[55d5c+b000]',
    { kind: 'segfault', pid: 233, command: 'nginx' },
  ],
  [
    'traps: envoy[99] general protection fault ip:7f sp:7f error:0 in libc.so.6',
    { kind: 'segfault', pid: 99, command: 'envoy' },
  ],
  [
    'kubelet: page allocation failure: order:4, mode:0x40dc0',
    { kind: 'allocation-failure', command: 'kubelet' },
  ],
  [
    'INFO: task jbd2/sda1-8:321 blocked for more than 120 seconds.',
    { kind: 'hung-task', pid: 321, command: 'jbd2/sda1-8' },
  ],
  [
    'watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [kworker/3:1:77]',
    { kind: 'soft-lockup', pid: 77, command: 'kworker/3:1' },
  ],
  ['rcu: INFO: rcu_sched self-detected stall on CPU', { kind: 'cpu-stall' }],
];

describe("lines of the kernel's log", () => {
  it('that bear on connections are known, with what they name', () => {
    for (const [text, known] of lines) assert.deepEqual(readKnownLine(text), known, text);
  });

  it('of other things are not, nor are those of interfaces that every container has', () => {
    for (const text of [
      'IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready',
      'cni0: port 1(veth12) entered disabled state',
      'systemd[1]: Started session',
      'device eth0 entered promiscuous mode',
      'oom_reaper: reaped process 4711 (redis-server), now anon-rss:0kB',
      'Tasks state (memory values in pages):',
    ])
      assert.equal(readKnownLine(text), undefined, text);
  });

  it('sum up a kill with the cgroup of who is killed', () => {
    const text =
      'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,' +
      'oom_memcg=/kubepods/burstable/podx,task_memcg=/kubepods/burstable/podx/c1,task=redis-server,pid=4711,uid=0';
    assert.deepEqual(readKillSummary(text), { pid: 4_711, cgroup: '/kubepods/burstable/podx/c1' });
    assert.equal(readKillSummary('oom-kill:'), undefined);
  });

  it('tell whether the kernel wrote them, which a program cannot pretend', () => {
    assert.deepEqual(parseRecord('4,1234,46151529834,-;TCP: too many orphaned sockets\n SUBSYSTEM=net\n'), {
      ...{ sequence: 1_234, byKernel: true, at: 46_151_529_834 },
      text: 'TCP: too many orphaned sockets',
    });
    assert.equal(parseRecord('12,1235,46982864225,-;TCP: too many orphaned sockets\n')?.byKernel, false);
    assert.equal(parseRecord(''), undefined);
  });
});
