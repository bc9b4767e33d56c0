// The clients' application ends its connections with a RST: linger 0 before the answer is there, or a close with the answer unread.
import type { Setup } from '../../model/scenario.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, intranodeVisibility, serviceWorld } from './service-world.ts';

const linger = 'linger';
const unread = 'unread';
const readToTheEnd = 'read-to-the-end';

export const scenario: LabScenario<'client-aborted'> = {
  name: 'client-aborted',
  about: 'the clients’ application ends its connections with a RST; its process lives on and connects again',
  factors: [intranodeVisibility],
  variants: [
    { name: linger, about: 'it asks, and closes with SO_LINGER 0 before the answer is there' },
    { name: unread, about: 'it asks, is busy elsewhere, and closes with the answer unread' },
  ],
  fixes: {
    [readToTheEnd]: 'it reads its answer, and closes with a FIN',
  },
  defaults: briefDefaults(10_000),
  // A reset is counted for whoever reads it, and here that is the server.
  expected: () => 'none',
  expectedCause: ({ fix }) => (fix === null ? 'client-aborted' : null),
  expectedAuthor: ({ fix }) => (fix === null ? ['client-application'] : []),
  setup(choice): Setup {
    const badly = choice.variant === unread ? 'unread' : 'reset';
    return serviceWorld(choice, {
      clients: { closeEveryMs: 750, closeWith: choice.fix === readToTheEnd ? 'fin' : badly },
    });
  },
};
