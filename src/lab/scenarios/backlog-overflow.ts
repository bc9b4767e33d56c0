// The server accepts nobody for a while, and its queue is short: its kernel drops the openings of whoever finds it full.
import type { Setup } from '../../model/scenario.ts';
import { sysctl } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, intranodeVisibility, serviceWorld } from './service-world.ts';

const dropping = 'dropping';
const aborting = 'aborting';
const largerBacklog = 'larger-backlog';

export const scenario: LabScenario<'backlog-overflow'> = {
  name: 'backlog-overflow',
  about: 'the server accepts nobody for a while; whoever connects when its queue is full gets no answer',
  factors: [intranodeVisibility],
  variants: [
    { name: dropping, about: 'as kernels do by default' },
    {
      name: aborting,
      about: 'with net.ipv4.tcp_abort_on_overflow, which resets those who were let in too early',
    },
  ],
  fixes: { [largerBacklog]: 'the queue has room for all who come while the server is busy' },
  defaults: briefDefaults(14_000, 4, 0.3),
  // The kernel repeats an opening after one second, whatever the speed.
  realTime: true,
  expected: () => 'none',
  expectedCause: ({ fix }) => (fix === null ? 'backlog-overflow' : null),
  expectedAuthor: ({ fix }) => (fix === null ? ['server-kernel'] : []),
  setup({ variant, fix, ...rest }): Setup {
    return serviceWorld(
      { variant, fix, ...rest },
      {
        // Its first repetition finds the queue full, too, and it gives up before the second; whoever was let in is answered in time.
        clientTimeoutMs: 1_900,
        server: { deafEveryMs: 3_600, deafForMs: 1_500, ...(fix === largerBacklog ? {} : { backlog: 1 }) },
        changes: variant === aborting ? [sysctl('server', 'net.ipv4.tcp_abort_on_overflow', '1')] : [],
      },
    );
  },
};
