// One of the server's two processes is stopped for a while, and its queue is short: the kernel drops the openings that it deals out to it.
import type { Setup } from '../../model/scenario.ts';
import { sysctl } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import {
  briefDefaults,
  intranodeVisibility,
  servicePort,
  serviceWorld,
  type WorldOptions,
} from './service-world.ts';

const dropping = 'dropping';
const aborting = 'aborting';
const largerBacklog = 'larger-backlog';

const stuck = 'server-2';
/** Clients open twice, as the kernel repeats an opening after one second whatever its version, and give up before the third. */
const connectTimeoutMs = 1_400;
/** Longer than that, so that both find the queue full; whoever was let in is answered in time. */
const stuckMs = 2_400;
/** Who was answered late is not to ask again at once, which a goodbye would cross. */
const clientPeriodMs = 2_600;

export const scenario: LabScenario<'backlog-overflow'> = {
  name: 'backlog-overflow',
  about:
    'one of two processes that share the server’s port accepts nobody for a while; who finds its queue full gets no answer',
  factors: [intranodeVisibility],
  variants: [
    { name: dropping, about: 'as kernels do by default' },
    {
      name: aborting,
      about: 'with net.ipv4.tcp_abort_on_overflow, which resets those who were let in too early',
    },
  ],
  fixes: { [largerBacklog]: 'the queue has room for all who come while the process is stopped' },
  defaults: briefDefaults(14_000, 24, 0.3),
  // The kernel repeats an opening after one second, whatever the speed.
  realTime: true,
  needsPod: 'the server is two processes that share the port of their pod',
  expected: () => 'none',
  expectedCause: ({ fix }) => (fix === null ? 'backlog-overflow' : null),
  expectedAuthor: ({ fix }) => (fix === null ? ['server-kernel'] : []),
  setup(choice): Setup {
    // Clients must connect anew for the queue to fill, so the servers close connections, in order, from time to time.
    const server: WorldOptions['server'] = {
      sharedPort: true,
      closeEveryMs: 2_700,
      closeWith: 'fin',
      ...(choice.fix === largerBacklog ? {} : { backlog: 1 }),
    };
    const world = serviceWorld(choice, {
      clientTimeoutMs: 3_900,
      clientPeriodMs,
      server,
      changes: choice.variant === aborting ? [sysctl('server', 'net.ipv4.tcp_abort_on_overflow', '1')] : [],
    });
    return {
      ...world,
      clients: world.clients.map((client) => ({ ...client, connectTimeoutMs })),
      servers: [
        ...world.servers,
        // Not twice before it has answered what came while it was stopped.
        { name: stuck, pod: 'server', port: servicePort, ...server, closeEveryMs: 5_200 },
      ],
      faults: [
        {
          about: 'one of the two processes stops, and goes on',
          // Whoever was answered as it went on asks again a period later; the other process then closes, and both are dialled anew: just
          // after this one has stopped again.
          ...{ firstMs: 2_600, everyMs: stuckMs + clientPeriodMs - 200, jitterMs: 100 },
          steps: [
            { afterMs: 0, actions: [{ do: 'signal', program: stuck, signal: 'SIGSTOP' }] },
            { afterMs: stuckMs, actions: [{ do: 'signal', program: stuck, signal: 'SIGCONT' }] },
          ],
        },
      ],
    };
  },
};
