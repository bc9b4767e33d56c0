// A node gives its few ports away sooner than the server forgets who had them: a newcomer's opening meets TIME_WAIT, and is refused there.
import type { Change, ChainRule } from '../../model/plan.ts';
import type { Choice, ClientSpec, Setup } from '../../model/scenario.ts';
import type { Topology } from '../../model/topology.ts';
import { twoNodes } from '../topologies/two-nodes.ts';
import { sysctl, vpc } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import {
  briefDefaults,
  intranodeVisibility,
  serverAddress,
  servicePort,
  serviceWorld,
} from './service-world.ts';

const timeWait = 'time-wait';
const morePorts = 'more-ports';
const acceptReset = 'accept-reset';

const node = 'node-2';
const other = { name: 'second-client', node, address: '10.44.1.22', hostInterface: 'cali-second' };
const topology: Topology = { ...twoNodes, pods: [...twoNodes.pods, other] };

export const scenario: LabScenario<'old-segment'> = {
  name: 'old-segment',
  about:
    'a node gives a port to another pod while the server still has the old connection in TIME_WAIT, and a firewall drops the RST that would end it',
  factors: [intranodeVisibility],
  variants: [
    {
      name: timeWait,
      about: 'the opening comes with an older timestamp, and the server acknowledges the old connection',
    },
  ],
  fixes: {
    [morePorts]: 'the node may use all its ports',
    [acceptReset]: 'the firewall lets a RST pass before a connection is made',
  },
  // Who is refused has no connection to watch.
  defaults: briefDefaults(15_000, 2, 0.1),
  realTime: true,
  // Nobody is reset: openings that fail are the symptom.
  expected: () => 'none',
  expectedCause: ({ fix }) => (fix === null ? 'old-segment' : null),
  expectedAuthor: ({ fix }) => (fix === null ? ['nobody', 'server-kernel'] : []),
  setup(choice): Setup {
    const world = serviceWorld(choice, {
      ...{ topology, clientTimeoutMs: 1_000, changes: changes(choice), dropInvalid: false },
      server: { closeEveryMs: lifeMs, closeWith: 'fin' },
    });
    return {
      ...world,
      clients: world.clients.flatMap((client): ClientSpec[] => {
        const own = { ...client, connectTimeoutMs };
        if (client.name !== 'remote') return [own];
        // Of two addresses one has the older timestamps, and that one is refused where the other was before.
        return [own, { ...own, name: 'second', pod: other.name }];
      }),
    };
  },
};

/** The kernel repeats an opening after one second. */
const connectTimeoutMs = 1_400;
/** Conntrack counts its timeouts in whole seconds; the server remembers for sixty. */
const timeoutSeconds = 1;
const lifeMs = 2_300;

const hides = `-o eth0 -p tcp -d ${serverAddress} --dport ${servicePort} -j MASQUERADE`;
const chainRule = (netns: string, rule: ChainRule): Change => ({ do: 'add-chain-rule', netns, rule });

/** What many a firewall does: nothing but the answer to its opening is expected of a connection that is not made yet. */
const dropsEarlyReset: ChainRule = {
  ...{ table: 'filter', chain: 'FORWARD', place: 'first' },
  rule: `-d ${serverAddress} -p tcp --dport ${servicePort} --tcp-flags RST RST -m conntrack ! --ctstatus ASSURED -j DROP`,
};

function changes({ fix }: Choice): Change[] {
  const key = (name: string) => `net.netfilter.nf_conntrack_tcp_timeout_${name}`;
  const rule = fix === morePorts ? hides : `${hides} --to-ports 40000-40007`;
  return [
    chainRule(node, { table: 'nat', chain: 'POSTROUTING', place: 'last', rule }),
    ...(fix === acceptReset ? [] : [chainRule(vpc, dropsEarlyReset)]),
    // As kube-proxy's --conntrack-tcp-be-liberal: what others' openings left behind on the way judges no sequence numbers.
    ...topology.nodes.map(({ name }) => sysctl(name, 'net.netfilter.nf_conntrack_tcp_be_liberal', '1')),
    ...['time_wait', 'close', 'last_ack'].map((name) => sysctl(node, key(name), String(timeoutSeconds))),
  ];
}
