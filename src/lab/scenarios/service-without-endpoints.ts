// The Service has no ready endpoint for a while: kube-proxy has who connects refused with an ICMP error, and what lives goes on.
import type { FaultAction, FaultStep } from '../../model/fault.ts';
import type { Choice, Setup } from '../../model/scenario.ts';
import type { Pod, Topology } from '../../model/topology.ts';
import { twoNodes } from '../topologies/two-nodes.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, intranodeVisibility, loadServices, serviceWorld } from './service-world.ts';

const notReady = 'not-ready';
const scaledToZero = 'scaled-to-zero';
const oneNode = 'one-node';
const oneReady = 'one-ready';

/** With the fix, of two that are behind the Service one stays ready. */
const second: Pod = {
  ...{ name: 'server-2', node: 'node-2', address: '10.44.1.10', hostInterface: 'cali-server2' },
};
const withSecond: Topology = {
  ...twoNodes,
  pods: [...twoNodes.pods, second],
  service: { ...twoNodes.service, endpoints: ['server', second.name] },
};

/** Longer than it takes until each rule's counter is read, on a busy machine, too, and until what was open has been closed. */
const outageMs = 3_800;
/** The same, and until its server has been away for a while after that. */
const longOutageMs = 5_000;

export const scenario: LabScenario<'service-without-endpoints'> = {
  name: 'service-without-endpoints',
  about:
    'the Service has no ready endpoint for a while, and who connects meanwhile is refused by kube-proxy’s rule',
  factors: [intranodeVisibility],
  variants: [
    { name: notReady, about: 'its only pod is not ready, and lives' },
    { name: scaledToZero, about: 'its only pod is drained, then its server ends, and comes back' },
    { name: oneNode, about: 'the kube-proxy of the other node alone has no endpoint' },
  ],
  fixes: { [oneReady]: 'a second pod is behind the Service, and stays ready' },
  defaults: briefDefaults(14_000, 4, 0.3),
  needsPod: 'the Service’s only pod leaves it, and with the fix a second pod stays behind it',
  // Nobody is reset: who connects is refused.
  expected: () => 'none',
  expectedCause: ({ fix }) => (fix === null ? 'service-without-endpoints' : null),
  expectedAuthor: ({ fix }) => (fix === null ? ['node-rule'] : []),
  setup(choice, whose = 'probes'): Setup {
    const isFixed = choice.fix === oneReady;
    const topology = isFixed ? withSecond : twoNodes;
    // Clients must connect anew for endpoints to matter, so connections are closed, in order, from time to time: by our clients, as a
    // server's FIN may meet a question that is under way on a busy machine; by the server where programs have no such habit.
    const closes = { closeEveryMs: 700, closeWith: 'fin' } as const;
    const world = serviceWorld(choice, {
      topology,
      ...(whose === 'foreign' ? { server: closes } : { clients: closes }),
    });
    return {
      ...world,
      faults: [
        {
          about: 'the server is no endpoint of the Service, and is one again',
          ...{ firstMs: 1_200, everyMs: 7_500, jitterMs: 100 },
          steps: steps(topology, choice),
        },
      ],
    };
  },
};

function steps(topology: Topology, choice: Choice): FaultStep[] {
  const { service, nodes } = topology;
  const endpoints = service.endpoints.filter((name) => name !== 'server');
  // Nobody is to find neither a translation nor a refusal.
  const load = (refuses: 'first' | 'last', services: Topology['service'][]): FaultAction[] =>
    nodes
      .filter(({ name }) => choice.variant !== oneNode || name === 'node-2')
      .map((node) => loadServices(topology, node, choice, { services, refuses }));
  const gone: FaultStep = { afterMs: 0, actions: load('first', [{ ...service, endpoints }]) };
  const back = load('last', [service]);
  if (choice.variant !== scaledToZero) return [gone, { afterMs: outageMs, actions: back }];
  const program = 'server';
  return [
    gone,
    // By then every connection has long been closed.
    { afterMs: outageMs, actions: [{ do: 'signal', program, signal: 'SIGTERM' }] },
    { afterMs: longOutageMs - 400, actions: [{ do: 'start', program }] },
    { afterMs: longOutageMs, actions: back },
  ];
}
