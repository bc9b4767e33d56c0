// The server's process is killed while its pod stays: a RST for each connection with input unread, a FIN for the others, then nobody listens.
import type { FaultStep } from '../../model/fault.ts';
import type { Choice, Setup } from '../../model/scenario.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, intranodeVisibility, serviceWorld } from './service-world.ts';

const hung = 'hung';
const busy = 'busy';
const gracefulStop = 'graceful-stop';

export const scenario: LabScenario<'server-process-died'> = {
  name: 'server-process-died',
  about: 'the server’s process is killed and started again; its pod and address stay',
  factors: [intranodeVisibility],
  variants: [
    {
      name: hung,
      about: 'it hangs first, as before an out-of-memory or liveness kill, so that input is unread: RST',
    },
    {
      name: busy,
      about: 'it is killed at once, with clients that ask 100 times a second, some of them unread: RST',
    },
  ],
  fixes: {
    [gracefulStop]: 'it is asked to stop (SIGTERM), answers what it has read and says goodbye',
  },
  // Clients that were refused wait for a second before they dial again.
  defaults: briefDefaults(14_000, 4, 0.4),
  expected: ({ fix }) => (fix === null ? 'both' : 'none'),
  // The fix ends the resets; connections are still closed, and new ones refused until the server is back.
  expectedCause: () => 'server-process-died',
  // The end of the process ends what lived (it says goodbye itself where it was asked to stop); attempts to connect that follow are
  // refused by the kernel, and are lost connections of their own to whoever sees only packets.
  expectedAuthor: ({ fix }) =>
    fix === null
      ? ['server-process-died', 'server-kernel']
      : ['server-process-died', 'server-application', 'server-kernel'],
  setup(choice): Setup {
    return {
      ...serviceWorld(choice, choice.variant === busy ? { clientPeriodMs: 10 } : {}),
      faults: [
        {
          about: 'the server’s process ends, and is started again',
          ...{ firstMs: 1_200, everyMs: 2_500, jitterMs: 100 },
          steps: steps(choice),
        },
      ],
    };
  },
};

function steps({ variant, fix }: Choice): FaultStep[] {
  const program = 'server';
  const start: FaultStep = { afterMs: 400, actions: [{ do: 'start', program }] };
  if (fix === gracefulStop) {
    return [{ afterMs: 0, actions: [{ do: 'signal', program, signal: 'SIGTERM' }] }, start];
  }
  if (variant === busy) {
    return [{ afterMs: 0, actions: [{ do: 'signal', program, signal: 'SIGKILL' }] }, start];
  }
  return [
    { afterMs: 0, actions: [{ do: 'signal', program, signal: 'SIGSTOP' }] },
    // Longer than the clients' period: each has a question there when the process goes.
    { afterMs: 150, actions: [{ do: 'signal', program, signal: 'SIGKILL' }] },
    start,
  ];
}
