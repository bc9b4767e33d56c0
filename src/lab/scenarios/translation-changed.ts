// Entries of live connections to a Service with several endpoints are deleted: the next packet chooses among them anew.
import type { FaultAction } from '../../model/fault.ts';
import type { Choice, Named, Setup } from '../../model/scenario.ts';
import type { Topology } from '../../model/topology.ts';
import { twoNodes } from '../topologies/two-nodes.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, headlessService, serviceWorld } from './service-world.ts';

const everywhere = 'every-node';
const clientsNode = 'remote-node';
const sessionAffinity = 'session-affinity';

const secondEndpoint: Named = {
  name: 'second-endpoint',
  about: 'the Service has another endpoint beside the one that served the connection',
};
const hasSecond = ({ factors }: Choice) => factors[secondEndpoint.name] === true;

const { service, pods } = twoNodes;
const second = { name: 'server-2', node: 'node-2', address: '10.44.1.10', hostInterface: 'cali-server2' };
const twoEndpoints: Topology = {
  ...twoNodes,
  pods: [...pods, second],
  service: { ...service, endpoints: [...service.endpoints, second.name] },
};

export const scenario: LabScenario<'translation-changed'> = {
  name: 'translation-changed',
  about: 'a clean-up deletes the entries of live connections to a Service, and each chooses an endpoint anew',
  factors: [secondEndpoint],
  variants: [
    { name: everywhere, about: 'on both nodes, every entry of the Service' },
    { name: clientsNode, about: 'on the remote client’s node alone' },
  ],
  fixes: {
    [sessionAffinity]: 'sessionAffinity ClientIP: what was chosen for a client is chosen again',
    [headlessService.name]: headlessService.about,
  },
  defaults: briefDefaults(10_000),
  needsPod: 'its Service has two servers',
  expected(choice) {
    if (!isBroken(choice)) return 'none';
    return choice.variant === clientsNode ? 'remote-only' : 'both';
  },
  expectedCause: (choice) => (isBroken(choice) ? 'translation-changed' : null),
  // The endpoint that is chosen now listens, and its kernel knows no such connection.
  expectedAuthor: (choice) => (isBroken(choice) ? ['server-kernel'] : []),
  // An answer that is under way when its entry goes is not translated back, whatever is chosen, and the client's kernel resets the pod
  // that gave it.
  besides: [{ cause: 'conntrack-entry-deleted', author: 'client-kernel' }],
  setup(choice): Setup {
    const nodes = choice.variant === clientsNode ? ['node-2'] : ['node-1', 'node-2'];
    const filter = { originalDestination: service.clusterIp };
    return {
      ...serviceWorld(choice, {
        topology: hasSecond(choice) ? twoEndpoints : twoNodes,
        // Of few questions few are under way.
        clientPeriodMs,
        sessionAffinity: choice.fix === sessionAffinity,
      }),
      episodeWindowMs: clientPeriodMs + 50,
      faults: [
        {
          about: 'a clean-up deletes entries',
          ...{ firstMs: 1_200, everyMs: 900, jitterMs: 100 },
          steps: [
            {
              afterMs: 0,
              actions: nodes.map((netns): FaultAction => ({ do: 'delete-entries', netns, filter })),
            },
          ],
        },
      ],
    };
  },
};

/** Much less than from one deletion to the next, so that each is an episode of its own. */
const clientPeriodMs = 500;

const isBroken = (choice: Choice) => hasSecond(choice) && choice.fix === null;
