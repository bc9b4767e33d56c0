// The pod behind the address goes and another one with the same address comes: it knows nothing of the connections.
import type { FaultAction, FaultStep } from '../../model/fault.ts';
import type { Choice, ServerSpec, Setup } from '../../model/scenario.ts';
import type { Pod } from '../../model/topology.ts';
import { plugIn, unplug } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import {
  briefDefaults,
  intranodeVisibility,
  serverAddress,
  servicePort,
  serviceWorld,
} from './service-world.ts';

const listening = 'listening';
const notYetListening = 'not-yet-listening';
const gap = 'gap';
const drained = 'drained-first';

/** They take turns at the one address; whichever is out is thrown away and made anew before its next turn. */
const first: Pod = { name: 'server', node: 'node-1', address: serverAddress, hostInterface: 'cali-server' };
const second: Pod = { ...first, name: 'server-next', hostInterface: 'cali-servernext' };

export const scenario: LabScenario<'endpoint-replaced'> = {
  name: 'endpoint-replaced',
  about: 'the server’s pod is replaced by a new one that gets the same address',
  factors: [intranodeVisibility],
  variants: [
    { name: listening, about: 'the new pod’s server listens from the first moment' },
    {
      name: notYetListening,
      about: 'the new pod’s server needs half a second to start: connections are refused',
    },
    { name: gap, about: 'for half a second nobody has the address' },
  ],
  fixes: {
    [drained]: 'the old server stops in an orderly way before its pod is taken away',
  },
  // Pods change no more often than every three seconds: after a refused connect a client waits for one, and what it sent while
  // nobody had the address it sends again after 0.2, 0.6, 1.4 and 3 seconds, which must not all fall into such gaps.
  // Five replacements are seen whole, and a class that is reset once in three seconds is not said to be reset less than that.
  defaults: briefDefaults(17_000, 4, 0.45),
  needsPod: 'a node’s own address is never handed on to another pod',
  expected: ({ fix }) => (fix === null ? 'both' : 'none'),
  // With the fix a server's process still ends while its pod is there: connections are closed, and new ones refused.
  expectedCause: ({ fix }) => (fix === null ? 'endpoint-replaced' : 'server-process-died'),
  // The new pod's kernel has no socket for the old connections; in a gap they are sent again until it is there, or their clients have
  // waited enough: of that a router may have told. With the fix the old server's process ends in order, and its kernel refuses what
  // comes until the pod goes.
  expectedAuthor({ fix, variant }) {
    if (fix !== null) return ['server-process-died', 'server-application', 'server-kernel'];
    return variant === gap ? ['server-kernel', 'nobody', 'node-kernel', 'in-between'] : ['server-kernel'];
  },
  setup(choice): Setup {
    const world = serviceWorld(choice);
    const netns = second.name;
    return {
      ...world,
      plan: [...world.plan, { change: { do: 'add-netns', netns }, undo: { do: 'delete-netns', netns } }],
      servers: [serverIn(first), serverIn(second)],
      faults: [
        {
          about: 'a new pod takes the server’s address, and later the old one’s successor',
          ...{ firstMs: 1_200, everyMs: 6_000, jitterMs: 100 },
          steps: [...replace(first, second, 0, choice), ...replace(second, first, 3_000, choice)],
        },
      ],
    };
  },
};

function serverIn(pod: Pod): ServerSpec {
  return { name: pod.name, pod: pod.name, port: servicePort };
}

function replace(old: Pod, next: Pod, atMs: number, { variant, fix }: Choice): FaultStep[] {
  const late = variant === notYetListening;
  const goes: FaultAction[] = [
    ...(fix === drained ? [signal(old, 'SIGTERM')] : []),
    ...(late ? [signal(next, 'SIGKILL')] : []),
    unplug(old),
  ];
  const comes: FaultAction[] = plugIn(next);
  const gone: FaultStep[] = variant === gap ? [{ afterMs: atMs, actions: goes }] : [];
  const came: FaultStep =
    variant === gap
      ? { afterMs: atMs + 500, actions: comes }
      : { afterMs: atMs, actions: [...goes, ...comes] };
  return [
    ...gone,
    came,
    ...(late ? [{ afterMs: atMs + 500, actions: [start(next)] }] : []),
    { afterMs: atMs + 600, actions: [signal(old, 'SIGKILL'), ...makeAnew(old), start(old)] },
  ];
}

function makeAnew({ name }: Pod): FaultAction[] {
  return [
    { do: 'delete-netns', netns: name },
    { do: 'add-netns', netns: name },
  ];
}

const start = ({ name }: Pod): FaultAction => ({ do: 'start', program: name });

function signal({ name }: Pod, what: 'SIGKILL' | 'SIGTERM'): FaultAction {
  return { do: 'signal', program: name, signal: what };
}
