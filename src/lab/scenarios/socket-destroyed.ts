// A privileged program destroys live sockets of others (ss -K), at either end.
import type { Change, SocketFilter } from '../../model/plan.ts';
import type { Setup } from '../../model/scenario.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, intranodeVisibility, servicePort, serviceWorld } from './service-world.ts';

const serverSide = 'server-side';
const clientSide = 'client-side';
const narrowFilter = 'narrow-filter';

export const scenario: LabScenario<'socket-destroyed'> = {
  name: 'socket-destroyed',
  about: 'a privileged program destroys live sockets (ss -K); both processes and the listener live on',
  factors: [intranodeVisibility],
  variants: [
    { name: serverSide, about: 'in the server’s pod: the sockets of all that it has accepted' },
    { name: clientSide, about: 'in the clients’ pods: the sockets of all that they have connected' },
  ],
  fixes: {
    [narrowFilter]: 'its filter names the states of sockets that are dead, and spares those that live',
  },
  defaults: briefDefaults(10_000),
  expected: ({ fix }) => (fix === null ? 'both' : 'none'),
  expectedCause: ({ fix }) => (fix === null ? 'socket-destroyed' : null),
  expectedAuthor: ({ fix }) => (fix === null ? ['privileged-program'] : []),
  setup(choice): Setup {
    const states: SocketFilter['states'] =
      choice.fix === narrowFilter ? ['close-wait', 'last-ack', 'closing'] : ['established'];
    const atServer = choice.variant === serverSide;
    const port = atServer ? { localPort: servicePort } : { remotePort: servicePort };
    const destroy = (netns: string): Change => ({
      do: 'destroy-sockets',
      netns,
      filter: { states, ...port },
    });
    return {
      ...serviceWorld(choice),
      faults: [
        {
          about: 'a privileged program destroys the sockets that its filter takes',
          ...{ firstMs: 1_200, everyMs: 650, jitterMs: 300 },
          steps: [
            {
              afterMs: 0,
              actions: (atServer ? ['server'] : ['co-located-client', 'remote-client']).map(destroy),
            },
          ],
        },
      ],
    };
  },
};
