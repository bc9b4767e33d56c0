// Packets vanish in the VPC for a while; nobody sends a RST, and a client's patience decides what it sees.
import type { ChainRule, Change } from '../../model/plan.ts';
import type { Setup } from '../../model/scenario.ts';
import { vpc } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, hasVisibility, intranodeVisibility, serviceWorld } from './service-world.ts';

const everything = 'everything';
const sameNode = 'same-node';
const patientClient = 'patient-client';
const statefulFirewall = 'stateful-firewall';

const matches: Readonly<Record<string, string>> = {
  [everything]: '-p tcp',
  [sameNode]: '-i node-1 -o node-1 -p tcp',
};

export const scenario: LabScenario<'silent-drop'> = {
  name: 'silent-drop',
  about: 'a firewall in the VPC drops packets of live connections for a while: timeouts, and no RST at all',
  factors: [intranodeVisibility],
  variants: [
    { name: everything, about: 'all TCP that crosses the VPC' },
    { name: sameNode, about: 'same-node traffic that crosses the VPC (with intranode visibility)' },
  ],
  fixes: {
    [patientClient]: 'the client waits for 30 s, so that TCP repeats what was lost',
    [statefulFirewall]: 'the firewall accepts flows that it knows before it drops anything',
  },
  defaults: briefDefaults(12_000, 4, 0.5),
  realTime: true,
  // No reset, so no outcome but `none`: the timeouts are the symptom.
  expected: () => 'none',
  expectedCause(choice) {
    const reached = choice.variant !== sameNode || hasVisibility(choice);
    return choice.fix === null && reached ? 'silent-drop' : null;
  },
  // Nothing is sent; the client's program stops waiting before its kernel would.
  expectedAuthor: (choice) => (scenario.expectedCause(choice) === null ? [] : ['nobody']),
  setup(choice, whose = 'probes'): Setup {
    // A kernel that is to give up repeats what was lost after 200, 600 and 1,400 ms, counts its patience from the first of these, and
    // needs some 3 s to the end; a busy machine is late with each. What it repeats last must be lost, too, and it must be back before
    // the next outage.
    const [outageMs, everyMs] = whose === 'foreign' ? [2_100, 5_000] : [560, 1_600];
    const rule: ChainRule = {
      ...{ table: 'filter', chain: 'FORWARD', place: 'last' },
      rule: `${matches[choice.variant] ?? ''} -j DROP`,
    };
    return {
      ...serviceWorld(choice, {
        // TCP tries again after about 200, 400 and 800 ms: the outage outlasts the second time, the client gives up before the third,
        // and well after the outage, so that its next connection is made at once.
        ...(choice.fix === patientClient ? {} : { clientTimeoutMs: 780 }),
        // Where nobody speaks the other way, a hole of one direction is the same picture.
        server: whose === 'foreign' ? {} : { pushEveryMs: 250 },
        changes: choice.fix === statefulFirewall ? [acceptKnown()] : [],
      }),
      faults: [
        {
          about: 'the firewall drops, and is put right',
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

function acceptKnown(): Change {
  const rule = '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT';
  return {
    do: 'add-chain-rule',
    netns: vpc,
    rule: { table: 'filter', chain: 'FORWARD', place: 'first', rule },
  };
}
