// A policy change rejects flows that live: a node answers their packets with a RST, or an ICMP error, of its own making.
import type { ChainRule } from '../../model/plan.ts';
import type { Choice, ProxySpec, Setup } from '../../model/scenario.ts';
import { redirectPlan } from '../workloads/proxies.ts';
import type { LabScenario } from './lab-scenario.ts';
import {
  briefDefaults,
  coLocatedAddress,
  intranodeVisibility,
  serverAddress,
  servicePort,
  serviceWorld,
} from './service-world.ts';

const toServer = 'to-server';
const oneClient = 'one-client';
const fromServer = 'from-server';
const sidecar = 'sidecar';
const clientNode = 'client-node';
const icmp = 'icmp';
const establishedFirst = 'established-first';

const toServerMatch = `-d ${serverAddress} -p tcp --dport ${servicePort}`;
const matches: Readonly<Record<string, string>> = {
  [toServer]: toServerMatch,
  [oneClient]: `-s ${coLocatedAddress} ${toServerMatch}`,
  [fromServer]: `-s ${serverAddress} -p tcp --sport ${servicePort}`,
  [sidecar]: toServerMatch,
  [clientNode]: toServerMatch,
  [icmp]: toServerMatch,
};

/** The port of Istio's. */
const proxy: ProxySpec = { name: 'sidecar', pod: 'server', port: 15_006, to: servicePort };

export const scenario: LabScenario<'policy-reject'> = {
  name: 'policy-reject',
  about: 'a policy change rejects established flows for a moment, with a RST made on the node',
  factors: [intranodeVisibility],
  variants: [
    { name: toServer, about: 'the server’s node rejects everything to the server' },
    { name: oneClient, about: 'the server’s node rejects what the co-located client sends' },
    {
      name: fromServer,
      about: 'the server’s node rejects what the server sends, so that the server is reset first',
    },
    {
      name: sidecar,
      about: 'as the first, with a proxy beside the server that its pod redirects everything to',
    },
    { name: clientNode, about: 'the other node rejects what its client sends to the server' },
    { name: icmp, about: 'as the first, with an ICMP error in place of the RST: connections time out' },
  ],
  fixes: {
    [establishedFirst]: 'the policy is evaluated after established flows are accepted, so for new ones only',
  },
  needsIptables: ({ fix }) =>
    fix === establishedFirst
      ? 'the rule that accepts established flows is kube-proxy’s, and that mode has none'
      : undefined,
  // After a refused connect a client waits for a second, so that the fault cannot come more often.
  // In the silent variant a connection that hears nothing is watched for half of the time only.
  defaults: briefDefaults(14_000, 4, 0.5),
  expected({ variant, fix }) {
    // An ICMP error ends no established connection: those that hear nothing else time out.
    if (fix !== null || variant === icmp) return 'none';
    if (variant === oneClient) return 'co-located-only';
    return variant === clientNode ? 'remote-only' : 'both';
  },
  expectedCause: ({ fix }) => (fix === null ? 'policy-reject' : null),
  // Every variant's rule stands in a node's FORWARD chain; none is in a pod.
  expectedAuthor: ({ fix }) => (fix === null ? ['node-rule'] : []),
  setup(choice, whose = 'probes'): Setup {
    const silent = choice.variant === icmp;
    // As long as a kernel takes to give up (see silent-drop), or a client that waits for less than its kernel would.
    const [outageMs, everyMs] = !silent ? [130, 1_300] : whose === 'foreign' ? [2_100, 5_000] : [900, 2_300];
    const netns = choice.variant === clientNode ? 'node-2' : 'node-1';
    const rule = rejectRule(choice);
    const world = serviceWorld(choice, silent ? { clientTimeoutMs: 780 } : {});
    return {
      ...world,
      ...(choice.variant === sidecar
        ? { plan: [...world.plan, ...redirectPlan(proxy)], proxies: [proxy] }
        : {}),
      faults: [
        {
          about: 'a policy rejects, and is taken back',
          ...{ firstMs: 1_200, everyMs, jitterMs: 100 },
          steps: [
            { afterMs: 0, actions: [{ do: 'add-chain-rule', netns, rule }] },
            { afterMs: outageMs, actions: [{ do: 'delete-chain-rule', netns, rule }] },
          ],
        },
      ],
    };
  },
};

/** At the end of the chain it comes after kube-proxy's rule that accepts what is established. */
function rejectRule({ variant, fix }: Choice): ChainRule {
  const how = variant === icmp ? 'icmp-port-unreachable' : 'tcp-reset';
  return {
    table: 'filter',
    chain: 'FORWARD',
    place: fix === establishedFirst ? 'last' : 'first',
    rule: `${matches[variant] ?? toServerMatch} -j REJECT --reject-with ${how}`,
  };
}
