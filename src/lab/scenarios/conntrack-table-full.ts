// A node's conntrack table is full: connections that live go on, new ones are dropped without a word.
import type { Change } from '../../model/plan.ts';
import type { Choice, Setup } from '../../model/scenario.ts';
import { within } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, intranodeVisibility, serviceWorld } from './service-world.ts';

const serverNode = 'server-node';
const clientNode = 'client-node';
const shorterTimeouts = 'shorter-timeouts';

/** Conntrack marks of the entries that stand for other people's flows: those that are there, and the burst that is too much. */
const standing = 1;
const burst = 2;

export const scenario: LabScenario<'conntrack-table-full'> = {
  name: 'conntrack-table-full',
  about: 'other flows fill a node’s conntrack table now and then; whoever connects meanwhile gets no answer',
  factors: [intranodeVisibility],
  variants: [
    { name: serverNode, about: 'the table of the server’s node, which every connection needs' },
    { name: clientNode, about: 'the table of the other node, which only its client needs' },
  ],
  fixes: {
    [shorterTimeouts]:
      'entries of dead flows live for a second, not five minutes, so the table is never full',
  },
  // Ten seconds after the table, some hundred thousand entries, has been filled: that takes a few seconds more.
  defaults: briefDefaults(10_000, 4, 0.3),
  realTime: true,
  // Existing connections are spared, and new ones are not reset: timeouts are the symptom.
  expected: () => 'none',
  expectedCause: ({ fix }) => (fix === null ? 'conntrack-table-full' : null),
  // What finds no place is dropped without a word.
  expectedAuthor: ({ fix }) => (fix === null ? ['nobody'] : []),
  setup(choice): Setup {
    // The kernel repeats an opening after one second, and would give up two seconds later: who gives up sooner than the first leaves a
    // single packet, which nothing tells from a change of mind.
    // Clients must connect anew for the full table to matter, so the server closes connections, in order, from time to time.
    const world = serviceWorld(choice, {
      clientTimeoutMs: 1_800,
      server: { closeEveryMs: 700, closeWith: 'fin' },
    });
    const netns = choice.variant === clientNode ? 'node-2' : 'node-1';
    return {
      ...world,
      plan: [...world.plan, ...within([fillUp(netns, choice)])],
      faults: [
        {
          about: 'a burst of flows fills the table, and ends',
          ...{ firstMs: 1_200, everyMs: 4_800, jitterMs: 100 },
          steps: [
            { afterMs: 0, actions: [fillRest(netns, '172.17')] },
            // Closed connections give their places back, so what is free is taken once more.
            { afterMs: 500, actions: [fillRest(netns, '172.18')] },
            { afterMs: 1_500, actions: [fillRest(netns, '172.19')] },
            {
              afterMs: 3_600,
              actions: [{ do: 'delete-entries', netns, filter: { mark: burst } }],
            },
          ],
        },
      ],
    };
  },
};

function fillUp(netns: string, { fix }: Choice): Change {
  const lifeSeconds = fix === shorterTimeouts ? 1 : 300;
  return { do: 'fill-conntrack', netns, source: '172.16', mark: standing, leaveFree: 250, lifeSeconds };
}

function fillRest(netns: string, source: string): Change {
  const some = { leaveFree: 0, atMost: 500, lifeSeconds: 300 };
  return { do: 'fill-conntrack', netns, source, mark: burst, ...some };
}
