// The server's process is killed while its pod stays: a RST if it had input unread, else a FIN, and then nobody listens.
import type { FaultStep } from '../../model/fault.ts';
import type { Choice, Scenario, Setup } from '../../model/scenario.ts';
import { briefDefaults, intranodeVisibility, serviceWorld } from './service-world.ts';

const hung = 'hung';
const idle = 'idle';
const gracefulStop = 'graceful-stop';

export const serverProcessDied: Scenario = {
  name: 'server-process-died',
  about: 'the server’s process is killed and started again; its pod and address stay',
  factors: [intranodeVisibility],
  variants: [
    {
      name: hung,
      about: 'it hangs first, as before an out-of-memory or liveness kill, so that input is unread: RST',
    },
    {
      name: idle,
      about: 'it is killed between two questions: its connections end with a FIN, new ones are refused',
    },
  ],
  fixes: [
    { name: gracefulStop, about: 'it is asked to stop (SIGTERM), answers what it has read and says goodbye' },
  ],
  // Clients that were refused wait for a second before they dial again.
  defaults: briefDefaults(12_000, 4, 0.5),
  expected: ({ variant, fix }) => (fix === null && variant === hung ? 'both' : 'none'),
  expectedCause: ({ fix }) => (fix === null ? 'server-process-died' : null),
  setup(choice): Setup {
    return {
      ...serviceWorld(choice),
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
  if (variant === idle) {
    return [{ afterMs: 0, actions: [{ do: 'signal', program, signal: 'SIGKILL' }] }, start];
  }
  return [
    { afterMs: 0, actions: [{ do: 'signal', program, signal: 'SIGSTOP' }] },
    // Longer than the clients' period: each has a question there when the process goes.
    { afterMs: 150, actions: [{ do: 'signal', program, signal: 'SIGKILL' }] },
    start,
  ];
}
