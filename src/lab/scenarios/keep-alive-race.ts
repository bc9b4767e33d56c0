// A server closes what is idle for as long as its clients are between two questions: some questions cross its FIN.
import type { Setup } from '../../model/scenario.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, headlessService, intranodeVisibility, serviceWorld } from './service-world.ts';

const throughService = 'through-service';
const toPod = 'to-the-pod';
const idleLimit = 'client-idle-limit';
const longerTimeout = 'longer-idle-timeout';

/** Between two questions of a client, and from an answer to the server's close. */
const idleMs = 250;

export const scenario: LabScenario<'keep-alive-race'> = {
  name: 'keep-alive-race',
  about: 'the server closes connections that are idle for as long as the clients are between two questions',
  factors: [intranodeVisibility],
  variants: [
    { name: throughService, about: 'clients dial the Service' },
    { name: toPod, about: headlessService.about },
  ],
  fixes: {
    [idleLimit]: 'clients ask nothing on a connection that was idle for half of that time',
    [longerTimeout]: 'the server waits for four times as long',
  },
  // The two cross in some tenths of a millisecond: with many connections that happens every second.
  defaults: briefDefaults(10_000, 8),
  // Who has heard the FIN before the RST reads that it was closed, not reset.
  expected: () => 'none',
  expectedCause: ({ fix }) => (fix === null ? 'keep-alive-race' : null),
  expectedAuthor: ({ fix }) => (fix === null ? ['server-application'] : []),
  setup(choice): Setup {
    const world = serviceWorld(choice.variant === toPod ? { ...choice, fix: headlessService.name } : choice, {
      server: { idleTimeoutMs: choice.fix === longerTimeout ? 4 * idleMs : idleMs },
      clientPeriodMs: idleMs,
    });
    if (choice.fix !== idleLimit) return world;
    return { ...world, clients: world.clients.map((client) => ({ ...client, idleLimitMs: idleMs / 2 })) };
  },
};
