// The bug itself: netd routes same-node traffic through table 1, Felix believes table 1 to be its own and deletes the rule.
import type { Choice, ClientSpec, Setup } from '../../model/scenario.ts';
import { addressOf, twoNodes, twoNodesSwapped } from '../topologies/two-nodes.ts';
import type { Topology } from '../../model/topology.ts';
import { gkeWorld, networkPolicy } from './gke-world.ts';
import type { LabScenario } from './lab-scenario.ts';
import { clientClasses, hasVisibility, headlessService, intranodeVisibility } from './service-world.ts';

const serverOnNode1 = 'server-on-node-1';
const serverOnNode2 = 'server-on-node-2';
const slowClients = 'slow-clients';
const felixTableRange = 'felix-table-range';

const seconds = 1_000;

export const scenario: LabScenario<'route-table-conflict'> = {
  name: 'gke-intranode-policy',
  about:
    'netd and Felix fight over a routing rule; same-node connections through a Service are reset at every flip',
  factors: [intranodeVisibility, networkPolicy],
  variants: [
    { name: serverOnNode1, about: 'the server and the co-located client are on node-1' },
    { name: serverOnNode2, about: 'they are on node-2, and the remote client on node-1' },
    { name: slowClients, about: 'as the first, with clients that probe every 15 s, not every 5 s' },
  ],
  fixes: {
    [felixTableRange]: 'Felix owns routing tables 10-250, as GKE sets it since 2021 (FELIX_ROUTETABLERANGE)',
    [headlessService.name]: headlessService.about,
  },
  // 80 times faster, Felix refreshes every 1.2 s: 20 s show 16 refreshes.
  defaults: { speed: 80, durationMs: 20 * seconds, connections: 4, maxRatePerHour: 12 },
  expected(choice) {
    const broken =
      hasVisibility(choice) && choice.factors[networkPolicy.name] === true && choice.fix === null;
    return broken ? 'co-located-only' : 'none';
  },
  expectedCause: (choice) => (scenario.expected(choice) === 'none' ? null : 'route-table-conflict'),
  // The client speaks first, from a port that the server's kernel has no socket for. Where an answer is on its way as the rule changes,
  // it comes untranslated, and the client's kernel, which has no socket for that, is the first to send a RST.
  expectedAuthor: (choice) =>
    scenario.expectedCause(choice) === null ? [] : ['server-kernel', 'client-kernel'],
  setup(choice): Setup {
    const topology = choice.variant === serverOnNode2 ? twoNodesSwapped : twoNodes;
    return {
      ...gkeWorld(choice, topology, choice.fix === felixTableRange ? [10, 250] : [1, 250]),
      clients: fourClasses(topology, choice),
      clientPeriodMs: (choice.variant === slowClients ? 15 : 5) * seconds,
    };
  },
};

/** The Service's clients, and beside each one that dials the pod: the seed's control group. */
function fourClasses(topology: Topology, { fix }: Choice): ClientSpec[] {
  const podTarget = { address: addressOf(topology, 'server'), port: topology.service.port };
  return [
    ...clientClasses(topology, fix === headlessService.name),
    { name: 'co-located-pod-ip', pod: 'co-located-client', target: podTarget },
    { name: 'remote-pod-ip', pod: 'remote-client', target: podTarget },
  ];
}
