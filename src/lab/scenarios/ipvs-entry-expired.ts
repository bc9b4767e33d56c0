// kube-proxy in IPVS mode, whose entries live for three seconds after the last packet: 15 minutes, where nobody sets them.
import type { Change } from '../../model/plan.ts';
import type { Choice, Setup } from '../../model/scenario.ts';
import type { Node } from '../../model/topology.ts';
import { addressOf, twoNodes } from '../topologies/two-nodes.ts';
import { sysctl, within, wires } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, clientClasses, servicePort } from './service-world.ts';

const kubeProxy = 'kube-proxy';
const withoutConntrack = 'without-conntrack';
const longerTimeout = 'longer-timeout';
const tcpKeepAlive = 'tcp-keep-alive';

/** IPVS counts it in whole seconds. */
const boundSeconds = 3;
const longSilenceMs = 4_500;
/** The connections of a class have these in turn: those of the last are lost each time. */
const periodsMs = [1_000, 2_000, longSilenceMs];

const { service, nodes } = twoNodes;

export const scenario: LabScenario<'ipvs-entry-expired'> = {
  name: 'ipvs-entry-expired',
  about:
    'kube-proxy’s IPVS forgets connections that are silent for 3 s, and the node itself answers what comes then',
  factors: [],
  variants: [
    { name: kubeProxy, about: 'IPVS keeps conntrack entries too, as kube-proxy has it' },
    { name: withoutConntrack, about: 'IPVS alone, as Docker Swarm and keepalived have it' },
  ],
  fixes: {
    [longerTimeout]: 'IPVS forgets after ten minutes',
    [tcpKeepAlive]: 'clients have TCP keep-alive, every second',
  },
  defaults: briefDefaults(17_000, 9),
  realTime: true,
  needsPod: 'IPVS translates what passes the node to a pod',
  needsKernel: 'ip_vs',
  expected: ({ fix }) => (fix === null ? 'both' : 'none'),
  expectedCause: ({ fix }) => (fix === null ? 'ipvs-entry-expired' : null),
  expectedAuthor: ({ fix }) => (fix === null ? ['node-kernel'] : []),
  setup(choice): Setup {
    return {
      topology: twoNodes,
      plan: [...wires(twoNodes), ...nodes.flatMap((node) => within(ipvs(node, choice)))],
      actors: [],
      faults: [],
      servers: [{ name: 'server', pod: 'server', port: servicePort }],
      clients: clientClasses(twoNodes, false).map((client) => ({
        ...{ ...client, timeoutMs: 10_000, periodsMs },
        ...(choice.fix === tcpKeepAlive ? { keepAliveMs: 1_000 } : {}),
      })),
      clientPeriodMs: longSilenceMs,
      // Each silence is a trigger of its own.
      episodeWindowMs: 500,
    };
  },
};

/** The Service as kube-proxy has it in this mode: its address on an interface of every node, so that what is for it comes in. */
function ipvs({ name: netns }: Node, { variant, fix }: Choice): Change[] {
  const dev = 'kube-ipvs0';
  const { clusterIp: address, port } = service;
  const endpoints = service.endpoints.map((pod) => ({
    address: addressOf(twoNodes, pod),
    port: servicePort,
  }));
  const tracks = variant === kubeProxy;
  return [
    { do: 'add-dummy', netns, dev },
    { do: 'add-address', netns, dev, cidr: `${address}/32` },
    ...(tracks ? [rulesOfKubeProxy(netns)] : []),
    { do: 'add-ipvs-service', netns, address, port, endpoints },
    { do: 'set-ipvs-timeout', netns, seconds: fix === longerTimeout ? 600 : boundSeconds },
    sysctl(netns, 'net.ipv4.vs.conntrack', tracks ? '1' : '0'),
    sysctl(netns, 'net.ipv4.vs.sloppy_tcp', '0'),
  ];
}

/** What it still leaves to iptables in this mode; by these conntrack follows all connections. */
function rulesOfKubeProxy(netns: string): Change {
  const mark = '0x4000/0x4000';
  return {
    ...{ do: 'load-iptables', netns },
    tables: [
      {
        name: 'nat',
        chains: {
          POSTROUTING: ['-m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING'],
          'KUBE-POSTROUTING': [`-m mark ! --mark ${mark} -j RETURN`, '-j MASQUERADE --random-fully'],
        },
      },
      {
        name: 'filter',
        chains: {
          FORWARD: ['-m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD'],
          'KUBE-FORWARD': [
            `-m mark --mark ${mark} -j ACCEPT`,
            '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
          ],
        },
      },
    ],
  };
}
