// Something between the nodes answers for the server: a RST that no peer and no node sent comes in from the VPC.
import type { Change } from '../../model/plan.ts';
import type { Choice, Setup } from '../../model/scenario.ts';
import { vpc } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import {
  briefDefaults,
  hasVisibility,
  intranodeVisibility,
  servicePort,
  serviceWorld,
} from './service-world.ts';

const sameNode = 'same-node';
const crossNode = 'cross-node';
const plain = 'plain';
const hopCountFilter = 'hop-count-filter';

/** Which of the VPC router's packets the middlebox takes; its interfaces are called after the nodes. */
const paths: Readonly<Record<string, string>> = {
  [sameNode]: 'iifname "node-1" oifname "node-1"',
  [crossNode]: 'iifname "node-2" oifname "node-1"',
  [plain]: '',
};

export const scenario: LabScenario<'forged-reset'> = {
  name: 'forged-reset',
  about: 'a middlebox in the VPC resets connections in the server’s name',
  factors: [intranodeVisibility],
  variants: [
    {
      name: sameNode,
      about: 'on the way that same-node traffic takes through the VPC, with a hop count of its own',
    },
    { name: crossNode, about: 'on the way between the nodes, with a hop count of its own' },
    { name: plain, about: 'on both ways, with the usual hop count of a router that rejects' },
  ],
  fixes: {
    [hopCountFilter]: 'nodes drop a RST from the VPC whose hop count (TTL) is not that of a pod’s',
  },
  defaults: briefDefaults(10_000),
  expected(choice) {
    if (choice.fix !== null) return 'none';
    if (choice.variant === crossNode) return 'remote-only';
    if (choice.variant === plain) return hasVisibility(choice) ? 'both' : 'remote-only';
    return hasVisibility(choice) ? 'co-located-only' : 'none';
  },
  expectedCause: (choice) => (scenario.expected(choice) === 'none' ? null : 'forged-reset'),
  // The middlebox is on the VPC's router, beyond both nodes.
  expectedAuthor: (choice) => (scenario.expectedCause(choice) === null ? [] : ['in-between']),
  setup(choice): Setup {
    return {
      ...serviceWorld(choice, { changes: choice.fix === hopCountFilter ? filters() : [] }),
      faults: [
        {
          about: 'the middlebox resets the next flows it sees',
          ...{ firstMs: 1_200, everyMs: 650, jitterMs: 100 },
          steps: [{ afterMs: 0, actions: [middlebox(choice)] }],
        },
      ],
    };
  },
};

/** Loaded anew, its limit has a new burst: the next packets with data are rejected, and then no more. */
function middlebox({ variant }: Choice): Change {
  const reject = `tcp dport ${servicePort} ip length > 60 limit rate 1/day burst 3 packets counter reject with tcp reset`;
  const craft = 'tcp flags & rst == rst ip ttl set 250 ip id set 4242';
  const chains = [
    `chain forward { type filter hook forward priority 0; ${paths[variant] ?? ''} ${reject}; }`,
    ...(variant === plain ? [] : [`chain output { type filter hook output priority 0; ${craft}; }`]),
  ];
  return { do: 'load-nft-table', netns: vpc, name: 'middlebox', body: chains.join('\n') };
}

/** A pod's RST has crossed its own node and the VPC's router when it comes in: 64 − 2. Before conntrack, which would believe it. */
function filters(): Change[] {
  const rule = 'iifname "eth0" tcp flags & rst == rst ip ttl != 62 counter drop';
  const body = `chain early { type filter hook prerouting priority -400; ${rule}; }`;
  return ['node-1', 'node-2'].map((netns) => ({ do: 'load-nft-table', netns, name: 'hop_count', body }));
}
