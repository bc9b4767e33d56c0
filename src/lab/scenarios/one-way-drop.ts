// A firewall in the VPC shuts one direction for a while: who speaks into it is not heard, though it hears the other.
import type { Change, ChainRule } from '../../model/plan.ts';
import type { ServerSpec, Setup } from '../../model/scenario.ts';
import { vpc } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import {
  briefDefaults,
  intranodeVisibility,
  serverAddress,
  servicePort,
  serviceWorld,
} from './service-world.ts';

const answers = 'answers';
const questions = 'questions';
const serverDeadline = 'server-deadline';
const allowBothWays = 'allow-both-ways';

const toServer = `-d ${serverAddress} -p tcp --dport ${servicePort}`;
const ofServer = `-s ${serverAddress} -p tcp --sport ${servicePort}`;

export const scenario: LabScenario<'one-way-drop'> = {
  name: 'one-way-drop',
  about: 'a firewall in the VPC drops packets of one direction for a while, and lets the other pass',
  factors: [intranodeVisibility],
  variants: [
    { name: answers, about: 'what the server sends; the questions arrive' },
    { name: questions, about: 'what the clients send; the server goes on speaking by itself' },
    { name: serverDeadline, about: 'what the clients send; the server hears nothing and hangs up' },
  ],
  fixes: {
    [allowBothWays]: 'the firewall accepts both directions of flows that it knows before it drops anything',
  },
  defaults: briefDefaults(12_000, 4, 0.5),
  realTime: true,
  // Nobody is reset: timeouts, and closes by the server, are the symptom.
  expected: () => 'none',
  expectedCause: ({ fix }) => (fix === null ? 'one-way-drop' : null),
  // Programs that are not ours have no deadline for a client that is late: theirs give up.
  expectedAuthor: ({ fix, variant }) => {
    if (fix !== null) return [];
    return variant === serverDeadline ? ['server-application', 'nobody'] : ['nobody'];
  },
  setup({ variant, fix, ...choice }, whose = 'probes'): Setup {
    // As in silent-drop: a client sends again after about 200, 400 and 800 ms, and gives up before the third, well after the outage. A
    // server that has its own deadline hangs up between the second and the third.
    const [outageMs, everyMs] =
      whose === 'foreign' ? [2_100, 5_000] : variant === serverDeadline ? [1_100, 2_400] : [560, 1_600];
    const rule: ChainRule = {
      ...{ table: 'filter', chain: 'FORWARD', place: 'last' },
      rule: `${variant === answers ? ofServer : toServer} -j DROP`,
    };
    return {
      ...serviceWorld(
        { ...choice, variant, fix },
        {
          clientTimeoutMs: variant === serverDeadline ? 1_500 : 780,
          server: whose === 'foreign' ? {} : serverOf(variant),
          changes: fix === allowBothWays ? [acceptKnown] : [],
        },
      ),
      faults: [
        {
          about: 'the firewall shuts one direction, and is put right',
          ...{ firstMs: 1_200, everyMs, jitterMs: 100 },
          steps: [
            { afterMs: 0, actions: [{ do: 'add-chain-rule', netns: vpc, rule }] },
            { afterMs: outageMs, actions: [{ do: 'delete-chain-rule', netns: vpc, rule }] },
          ],
        },
      ],
    };
  },
};

/** Where the questions vanish, only a server that speaks by itself shows that the way back is open. */
function serverOf(variant: string): Omit<ServerSpec, 'name' | 'pod' | 'port'> {
  if (variant === questions) return { pushEveryMs: 100 };
  return variant === serverDeadline ? { deadlineMs: 500 } : {};
}

const acceptKnown: Change = {
  do: 'add-chain-rule',
  netns: vpc,
  rule: {
    ...{ table: 'filter', chain: 'FORWARD', place: 'first' },
    rule: '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  },
};
