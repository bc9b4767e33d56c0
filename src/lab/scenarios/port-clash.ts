// A node translates its pods' source addresses and has one port for that: who comes second finds none, or takes one that is still in use.
import type { FaultSpec } from '../../model/fault.ts';
import type { Change, ChainRule } from '../../model/plan.ts';
import type { Choice, ClientSpec, Setup } from '../../model/scenario.ts';
import type { Topology } from '../../model/topology.ts';
import { twoNodes } from '../topologies/two-nodes.ts';
import { sysctl } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import {
  briefDefaults,
  intranodeVisibility,
  serverAddress,
  servicePort,
  serviceWorld,
} from './service-world.ts';

const noFreePort = 'no-free-port';
const reusedPort = 'reused-port';
const morePorts = 'more-ports';

const node = 'node-2';
const newcomer = { name: 'second-client', node, address: '10.44.1.22', hostInterface: 'cali-second' };
const topology: Topology = { ...twoNodes, pods: [...twoNodes.pods, newcomer] };

export const scenario: LabScenario<'port-clash'> = {
  name: 'port-clash',
  about:
    'a node hides its pods behind its own address and has one port for it, which several connections want',
  factors: [intranodeVisibility],
  variants: [
    { name: noFreePort, about: 'another connection has it and lives: who connects gets no answer' },
    {
      name: reusedPort,
      about: 'conntrack forgets an idle connection, and one of another pod gets its port in mid-life',
    },
  ],
  fixes: { [morePorts]: 'the node may use all its ports' },
  // Who has no port has no connection to watch.
  defaults: briefDefaults(15_000, 2, 0.12),
  realTime: true,
  // What finds no port is dropped without a word.
  expected: () => 'none',
  expectedCause: ({ fix }) => (fix === null ? 'port-clash' : null),
  // Where what the old connection sends again finds a port after all, it is another one, or its server's socket is gone by then.
  expectedAuthor: ({ variant, fix }) =>
    fix !== null ? [] : variant === reusedPort ? ['nobody', 'server-kernel'] : ['nobody'],
  setup(choice, whose = 'probes'): Setup {
    const isReused = choice.variant === reusedPort;
    // Programs that are not ours are closed by their server, and come again; of one whose entry is gone that would be another story.
    const [ofServer, ofClient] = whose === 'foreign' && !isReused ? [closing, {}] : [{}, closing];
    const world = serviceWorld(choice, {
      ...{ topology, clientTimeoutMs: 1_000, changes: changes(choice) },
      server: ofServer,
    });
    return {
      ...world,
      clients: world.clients.flatMap((client): ClientSpec[] => {
        const own = { ...client, connectTimeoutMs };
        if (client.name !== 'remote') return [own];
        if (!isReused) return [{ ...own, ...ofClient }];
        const { target } = client;
        return [
          { ...own, periodsMs: [silenceMs] },
          { ...own, ...ofClient, name: 'second', pod: newcomer.name, target },
        ];
      }),
      faults: isReused || choice.fix === morePorts ? [] : [shortage],
    };
  },
};

/** The kernel repeats an opening after one second. */
const connectTimeoutMs = 1_400;
/** Conntrack counts its timeouts in whole seconds. */
const timeoutSeconds = 1;
const silenceMs = 2_900;
/** Who closes and comes again needs a port anew. */
const closing = { closeEveryMs: 2_300, closeWith: 'fin' } as const;

const hides = `-o eth0 -p tcp -d ${serverAddress} --dport ${servicePort} -j MASQUERADE`;
const hidesBehindOne = `${hides} --to-ports 40000`;
const inChain = (place: ChainRule['place'], rule: string) =>
  ({ netns: node, rule: { table: 'nat', chain: 'POSTROUTING', place, rule } }) as const;

const shortage: FaultSpec = {
  about: 'the node’s ports for that are cut to one, and given back',
  ...{ firstMs: 1_500, everyMs: 6_200, jitterMs: 100 },
  steps: [
    { afterMs: 0, actions: [{ do: 'add-chain-rule', ...inChain('first', hidesBehindOne) }] },
    { afterMs: 4_600, actions: [{ do: 'delete-chain-rule', ...inChain('first', hidesBehindOne) }] },
  ],
};

/** Where an idle connection loses its port there is one from the beginning. */
function changes({ variant, fix }: Choice): Change[] {
  const rule = fix === null && variant === reusedPort ? hidesBehindOne : hides;
  const key = (name: string) => `net.netfilter.nf_conntrack_tcp_timeout_${name}`;
  const short = variant === reusedPort ? ['established', 'time_wait', 'close', 'last_ack'] : ['time_wait'];
  return [
    { do: 'add-chain-rule', ...inChain('last', rule) },
    ...short.map((name) => sysctl(node, key(name), String(timeoutSeconds))),
  ];
}
