// The client's process does not run for longer than the server waits: the server hangs up, and no network is to blame.
import type { Setup } from '../../model/scenario.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, intranodeVisibility, serviceWorld } from './service-world.ts';

const coLocated = 'co-located-client';
const remote = 'remote-client';
const resetting = 'server-resets';
const longerDeadline = 'longer-deadline';

export const scenario: LabScenario<'probe-stalled'> = {
  name: 'probe-stalled',
  about: 'a client’s process is stopped for longer than the server’s deadline, as by a throttled CPU',
  factors: [intranodeVisibility],
  variants: [
    { name: coLocated, about: 'the co-located client; the server hangs up with a FIN' },
    { name: remote, about: 'the client on the other node; the server hangs up with a FIN' },
    { name: resetting, about: 'the co-located client, with a server that hangs up with a RST' },
  ],
  fixes: {
    [longerDeadline]: 'the server waits for 10 s, longer than any client is held up',
  },
  defaults: briefDefaults(14_000),
  expected: ({ variant, fix }) => (variant === resetting && fix === null ? 'co-located-only' : 'none'),
  expectedCause: ({ fix }) => (fix === null ? 'probe-stalled' : null),
  // The server's program hangs up on a client that says nothing for longer than it waits.
  expectedAuthor: ({ fix }) => (fix === null ? ['server-application'] : []),
  setup(choice): Setup {
    const program = choice.variant === remote ? 'remote' : 'co-located';
    return {
      ...serviceWorld(choice, {
        server: {
          deadlineMs: choice.fix === longerDeadline ? 10_000 : 600,
          closeWith: choice.variant === resetting ? 'reset' : 'fin',
        },
      }),
      faults: [
        {
          about: 'the client is stopped, and goes on',
          ...{ firstMs: 1_200, everyMs: 1_400, jitterMs: 100 },
          steps: [
            { afterMs: 0, actions: [{ do: 'signal', program, signal: 'SIGSTOP' }] },
            { afterMs: 900, actions: [{ do: 'signal', program, signal: 'SIGCONT' }] },
          ],
        },
      ],
    };
  },
};
