// Two pods on one bridge have the server's address: whoever announced it last gets the packets, and each claims it again in its turn.
import type { Change, Plan } from '../../model/plan.ts';
import type { FaultStep } from '../../model/fault.ts';
import type { Setup } from '../../model/scenario.ts';
import { sysctl, within } from '../world/wires.ts';
import { bridge, bridged } from './bridged-pods.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, serverAddress, servicePort, serviceWorld } from './service-world.ts';

const notListening = 'not-listening';
const listening = 'listening';
const ownAddress = 'own-address';

const node = 'node-1';
const dev = 'eth0';
const twin = { name: 'server-twin', hostInterface: 'cali-twin', ownAddress: '10.44.0.11' } as const;
const macs = { server: '02:00:00:00:00:01', [twin.name]: '02:00:00:00:00:02' } as const;

export const scenario: LabScenario<'duplicate-owner'> = {
  name: 'duplicate-owner',
  about: 'a second pod has the server’s address, too, and both announce it in turns',
  factors: [],
  variants: [
    {
      name: listening,
      about: 'the other owner serves the same port: clients connect again, to the wrong server',
    },
    { name: notListening, about: 'the other owner has no server: clients that connect again are refused' },
  ],
  fixes: { [ownAddress]: 'the second pod has an address of its own' },
  defaults: briefDefaults(14_000),
  needsPod: 'the two owners are pods of one bridge',
  needsIpv4: 'the two owners announce the address by ARP',
  expected: ({ fix }) => (fix === null ? 'both' : 'none'),
  expectedCause: ({ fix }) => (fix === null ? 'duplicate-owner' : null),
  // The other owner's: it has the address, and no socket for the connection.
  expectedAuthor: ({ fix }) => (fix === null ? ['server-kernel'] : []),
  setup(choice): Setup {
    const world = serviceWorld(choice);
    const address = choice.fix === ownAddress ? twin.ownAddress : serverAddress;
    const servers =
      choice.variant === listening ? [{ name: twin.name, pod: twin.name, port: servicePort }] : [];
    return {
      ...world,
      plan: [...bridged(world.plan), ...twinPlan(address), ...within(announced('server'))],
      servers: [...world.servers, ...servers],
      faults: [
        {
          about: 'the other owner of the address is there, and the first one claims it again',
          ...{ firstMs: 1_500, everyMs: 4_800, jitterMs: 100 },
          steps,
        },
      ],
    };
  },
};

/** A neighbour does not believe another owner within a second of the last one (locktime). */
const steps: readonly FaultStep[] = [
  { afterMs: 0, actions: comes() },
  { afterMs: 1_100, actions: [announce('server')] },
  { afterMs: 2_200, actions: [announce(twin.name)] },
  { afterMs: 3_300, actions: [announce('server')] },
  // Gone before its next turn; the address was the server's again long before.
  { afterMs: 4_200, actions: [{ do: 'set-down', netns: twin.name, dev }] },
];

/** Its link is down until its turn; its server listens all the time. */
function twinPlan(address: string): Plan {
  const { name: netns, hostInterface } = twin;
  return [
    { change: { do: 'add-netns', netns }, undo: { do: 'delete-netns', netns } },
    {
      change: { do: 'add-veth', a: { netns: node, dev: hostInterface }, b: { netns, dev } },
      undo: { do: 'delete-link', netns: node, dev: hostInterface },
    },
    ...within([
      { do: 'add-port', netns: node, dev: hostInterface, bridge },
      { do: 'set-up', netns: node, dev: hostInterface },
      { do: 'set-up', netns, dev: 'lo' },
      { do: 'add-address', netns, dev, cidr: `${address}/32` },
      ...announced(twin.name),
    ]),
  ];
}

type Owner = keyof typeof macs;

/** Says so to all neighbours (gratuitous ARP) when the link comes up, and when it is given its link-layer address. */
const announced = (netns: Owner): Change[] => [
  sysctl(netns, `net.ipv4.conf.${dev}.arp_notify`, '1'),
  announce(netns),
];

function announce(netns: Owner): Change {
  return { do: 'set-mac', netns, dev, mac: macs[netns] };
}

/** With the link its routes come, too. */
function comes(): Change[] {
  const netns = twin.name;
  const gateway = '169.254.1.1';
  return [
    { do: 'set-up', netns, dev },
    { do: 'add-route', netns, to: gateway, dev },
    { do: 'add-route', netns, to: 'default', via: gateway, dev },
    announce(netns),
  ];
}
