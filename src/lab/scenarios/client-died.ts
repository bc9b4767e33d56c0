// The clients' process is killed while input lies unread in its sockets: its kernel sends a RST for each, and the server reads ECONNRESET.
import type { FaultStep } from '../../model/fault.ts';
import type { Choice, Setup } from '../../model/scenario.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, intranodeVisibility, serviceWorld } from './service-world.ts';

const all = 'all';
const one = 'one';
const gracefulStop = 'graceful-stop';

export const scenario: LabScenario<'client-died'> = {
  name: 'client-died',
  about: 'the clients’ process hangs and is killed, with input unread, and is started again',
  factors: [intranodeVisibility],
  variants: [
    { name: all, about: 'on both nodes' },
    { name: one, about: 'only the one on the other node' },
  ],
  fixes: {
    [gracefulStop]: 'it is asked to stop (SIGTERM), reads what is there and says goodbye',
  },
  defaults: briefDefaults(14_000, 4, 0.25),
  // A reset is counted for whoever reads it, and here that is the server.
  expected: () => 'none',
  expectedCause: ({ fix }) => (fix === null ? 'client-died' : null),
  expectedAuthor: ({ fix }) => (fix === null ? ['client-process-died'] : []),
  setup(choice): Setup {
    return {
      // What the server says unasked is what a client that hangs leaves unread.
      ...serviceWorld(choice, { server: { pushEveryMs: 50 } }),
      faults: [
        {
          about: 'the clients’ process ends, and is started again',
          ...{ firstMs: 1_500, everyMs: 2_500, jitterMs: 100 },
          steps: steps(choice),
        },
      ],
    };
  },
};

function steps({ variant, fix }: Choice): FaultStep[] {
  const programs = variant === all ? ['co-located', 'remote'] : ['remote'];
  const send = (signal: 'SIGSTOP' | 'SIGKILL' | 'SIGTERM') =>
    programs.map((program) => ({ do: 'signal', program, signal }) as const);
  const start: FaultStep = {
    afterMs: 600,
    actions: programs.map((program) => ({ do: 'start', program }) as const),
  };
  if (fix === gracefulStop) return [{ afterMs: 0, actions: send('SIGTERM') }, start];
  return [{ afterMs: 0, actions: send('SIGSTOP') }, { afterMs: 250, actions: send('SIGKILL') }, start];
}
