// The way gets a shorter link for a while, and a firewall drops the ICMP that would tell: long packets vanish.
import type { Change } from '../../model/plan.ts';
import type { Choice, Setup } from '../../model/scenario.ts';
import { twoNodes } from '../topologies/two-nodes.ts';
import { sysctl, vpc } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, serviceWorld } from './service-world.ts';

const questions = 'questions';
const answers = 'answers';
const allowIcmp = 'allow-icmp';
const clampMss = 'clamp-mss';
const mtuProbing = 'mtu-probing';

/** What the link takes meanwhile; segments that pass it, in IPv6, too; a question of two whole segments and a short one. */
const [linkMtu, passingMss, questionBytes] = [1_400, 1_300, 3_000];

export const scenario: LabScenario<'path-mtu-black-hole'> = {
  name: 'path-mtu-black-hole',
  about: 'traffic moves to a link with a smaller MTU for a while, and "fragmentation needed" is dropped',
  // Same-node traffic would meet the link both ways, and TCP's own search for a length would take twice as long.
  factors: [],
  variants: [
    { name: questions, about: 'on the way to the server’s node; the other node’s client suffers' },
    { name: answers, about: 'on the way back to the other node' },
  ],
  fixes: {
    [allowIcmp]: 'the firewall lets ICMP through, and the sender learns what passes',
    [clampMss]: `the router lowers the MSS of new connections to ${passingMss}`,
    [mtuProbing]: 'TCP of the pods looks for a shorter length by itself after three repetitions',
  },
  defaults: briefDefaults(15_000, 4, 0.3),
  realTime: true,
  // Nobody is reset: timeouts are the symptom.
  expected: () => 'none',
  expectedCause: ({ fix }) => (fix === null ? 'path-mtu-black-hole' : null),
  expectedAuthor: ({ fix }) => (fix === null ? ['nobody', 'in-between'] : []),
  setup(choice, whose = 'probes'): Setup {
    // TCP's own search begins after some three seconds, and is to be done before the client gives up, which is before all is well again.
    const [timeoutMs, outageMs, everyMs] =
      whose === 'foreign' ? [4_000, 7_500, 10_000] : [4_500, 6_000, 8_000];
    const world = serviceWorld(choice, {
      clientTimeoutMs: timeoutMs,
      // A shell reads a line byte by byte: asked ten times a second it falls behind, shuts its window, and loses clients by that.
      ...(whose === 'foreign' ? { clientPeriodMs: 500 } : {}),
      changes: changesOf(choice),
    });
    return {
      ...world,
      clients: world.clients.map((client) => ({ ...client, payloadBytes: questionBytes })),
      faults: [
        {
          about: 'the way gets shorter packets than before, and is put right',
          ...{ firstMs: 1_500, everyMs, jitterMs: 100 },
          steps: [
            { afterMs: 0, actions: routesOf(choice, linkMtu) },
            { afterMs: outageMs, actions: routesOf(choice, null) },
          ],
        },
      ],
    };
  },
};

/** The router's own routes to one of the nodes, and what they take. */
function routesOf({ variant }: Choice, mtu: number | null): Change[] {
  const node = twoNodes.nodes.find(({ name }) => name === (variant === answers ? 'node-2' : 'node-1'));
  if (node === undefined) throw new Error('the topology has no such node');
  const to = { do: 'set-route-mtu', netns: vpc, dev: node.name, mtu } as const;
  return [
    { ...to, to: node.address },
    { ...to, to: node.podCidr, via: node.address },
  ];
}

function changesOf({ fix }: Choice): Change[] {
  const pods = twoNodes.pods.map(({ name }) => name);
  const drop: Change = {
    do: 'add-chain-rule',
    netns: vpc,
    rule: {
      ...{ table: 'filter', chain: 'OUTPUT', place: 'first' },
      rule: '-p icmp --icmp-type fragmentation-needed -j DROP',
    },
  };
  const clamp: Change = {
    do: 'add-chain-rule',
    netns: vpc,
    rule: {
      ...{ table: 'mangle', chain: 'FORWARD', place: 'first' },
      rule: `-p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss ${passingMss}`,
    },
  };
  return [
    // As on a wire: several segments in one packet would be one of any length.
    ...pods.map((netns): Change => ({ do: 'set-segments', netns, dev: 'eth0', most: 1 })),
    ...(fix === allowIcmp ? [] : [drop]),
    ...(fix === clampMss ? [clamp] : []),
    ...(fix === mtuProbing ? pods.map((netns) => sysctl(netns, 'net.ipv4.tcp_mtu_probing', '1')) : []),
  ];
}
