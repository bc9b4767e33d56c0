// The server's machine or pod is cut off: nobody answers, and nobody is left who could say so.
import type { Change } from '../../model/plan.ts';
import type { FaultSpec, FaultStep } from '../../model/fault.ts';
import type { Setup } from '../../model/scenario.ts';
import { twoNodes } from '../topologies/two-nodes.ts';
import { unplug } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, serviceWorld } from './service-world.ts';

const nodeLink = 'node-link';
const podGone = 'pod-gone';
const noticeSooner = 'notice-sooner';

export const scenario: LabScenario<'peer-host-gone'> = {
  name: 'peer-host-gone',
  about: 'the link of the server’s node goes down, or its pod goes for good: nobody answers any more',
  // With netd's routes gone, same-node traffic would take another way and be translated otherwise: resets, which are another story.
  factors: [],
  variants: [
    {
      name: nodeLink,
      about: 'the link of the server’s node is down for some seconds; the other node’s client suffers',
    },
    { name: podGone, about: 'the server’s pod loses its interface, and no other one gets its address' },
  ],
  fixes: {
    [noticeSooner]:
      'the client gives up after a second, and is back as soon as somebody answers: the loss remains, and is short',
  },
  defaults: briefDefaults(14_000, 4, 0.2),
  realTime: true,
  needsPod: 'in one variant the server’s pod is taken away',
  // Nobody is reset: timeouts are the symptom.
  expected: () => 'none',
  expectedCause: () => 'peer-host-gone',
  // Who only hears nothing gives up; routers on the way may say in vain that nobody is there.
  expectedAuthor: () => ['nobody', 'in-between', 'node-kernel'],
  setup(choice, whose = 'probes'): Setup {
    // A router looks for a neighbour for three seconds before it says that there is none.
    const world = serviceWorld(choice, { clientTimeoutMs: choice.fix === noticeSooner ? 1_000 : 4_000 });
    const steps = choice.variant === podGone ? [podGoes()] : linkGoes(whose === 'foreign' ? 8_000 : 5_500);
    const fault: FaultSpec = {
      about:
        choice.variant === podGone
          ? 'the server’s pod goes'
          : 'the link of the server’s node goes, and comes back',
      ...{ firstMs: 1_500, everyMs: 3_600_000, jitterMs: 100 },
      steps,
    };
    return { ...world, faults: [fault] };
  },
};

function podGoes(): FaultStep {
  const pod = twoNodes.pods.find(({ name }) => name === 'server');
  if (pod === undefined) throw new Error('the topology has no server');
  return { afterMs: 0, actions: [unplug(pod)] };
}

/** With the link its routes go, too; the address stays. */
function linkGoes(outageMs: number): FaultStep[] {
  const [node] = twoNodes.nodes;
  if (node === undefined) throw new Error('the topology has no node');
  const netns = node.name;
  const dev = 'eth0';
  const routes: Change[] = [
    { do: 'add-route', netns, to: twoNodes.gateway, dev },
    { do: 'add-route', netns, to: 'default', via: twoNodes.gateway, dev },
  ];
  return [
    { afterMs: 0, actions: [{ do: 'set-down', netns, dev }] },
    { afterMs: outageMs, actions: [{ do: 'set-up', netns, dev }, ...routes] },
  ];
}
