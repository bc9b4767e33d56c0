// The server's application ends connections with a RST: linger 0, or a close while input lies unread.
import type { Setup } from '../../model/scenario.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, intranodeVisibility, serviceWorld } from './service-world.ts';

const linger = 'linger';
const unread = 'unread';
const orderlyClose = 'orderly-close';

export const scenario: LabScenario<'server-aborted'> = {
  name: 'server-aborted',
  about: 'the application closes its connections with a RST while process and listener live on',
  factors: [intranodeVisibility],
  variants: [
    { name: linger, about: 'it closes with SO_LINGER 0, whatever the connection is doing' },
    { name: unread, about: 'it hangs for a moment, then closes with the clients’ questions unread' },
  ],
  fixes: {
    [orderlyClose]: 'the application reads what is there and closes with a FIN',
  },
  defaults: briefDefaults(10_000),
  expected: ({ fix }) => (fix === null ? 'both' : 'none'),
  expectedCause: ({ fix }) => (fix === null ? 'server-aborted' : null),
  // Linger 0 or unread input: it is the application's own close() that sends the RST.
  expectedAuthor: ({ fix }) => (fix === null ? ['server-application'] : []),
  setup(choice): Setup {
    const badly = choice.variant === unread ? 'unread' : 'reset';
    return serviceWorld(choice, {
      server: {
        // A quarter of it, which the server hangs before it closes with input unread, must be longer than the clients' period.
        closeEveryMs: choice.variant === unread ? 1_000 : 750,
        closeWith: choice.fix === orderlyClose ? 'fin' : badly,
      },
    });
  },
};
