// The server's memory reaches its limit now and then: the kernel kills it, as a container whose limit is too low, and it is started again.
import type { Setup } from '../../model/scenario.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, intranodeVisibility, serviceWorld } from './service-world.ts';

const hung = 'hung';
const busy = 'busy';
const higherLimit = 'higher-limit';

/** A Node.js server that only answers lines needs some 60 MiB. */
const limitMiB = 160;
const takeMiB = 256;

export const scenario: LabScenario<'server-killed-for-memory'> = {
  name: 'server-killed-for-memory',
  about: 'the server’s memory reaches the limit of its cgroup; the kernel kills it, and it is started again',
  factors: [intranodeVisibility],
  variants: [
    { name: hung, about: 'it answers nobody while its memory fills, so that input is unread: RST' },
    {
      name: busy,
      about: 'its memory fills at once, with clients that ask 100 times a second, some of them unread: RST',
    },
  ],
  fixes: { [higherLimit]: 'the limit leaves room for all that the server takes' },
  // Clients that were refused wait for a second before they dial again.
  defaults: briefDefaults(14_000, 4, 0.4),
  expected: ({ fix }) => (fix === null ? 'both' : 'none'),
  expectedCause: ({ fix }) => (fix === null ? 'server-killed-for-memory' : null),
  // The end of the process ends what lived; attempts to connect that follow are refused by the kernel.
  expectedAuthor: ({ fix }) => (fix === null ? ['server-process-died', 'server-kernel'] : []),
  setup(choice): Setup {
    const isBusy = choice.variant === busy;
    return serviceWorld(choice, {
      ...(isBusy ? { clientPeriodMs: 10 } : {}),
      server: {
        memory: {
          limitMiB: choice.fix === higherLimit ? 8 * takeMiB : limitMiB,
          takeMiB,
          takeEveryMs: 1_600,
          // Longer than the clients' period, before the limit is reached: each has a question there when the process goes.
          takeForMs: isBusy ? 0 : 600,
          restartAfterMs: 400,
        },
      },
    });
  },
};
