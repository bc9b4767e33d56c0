// Nothing is wrong: everything that GKE runs does its work, and whoever finds a cause here is mistaken.
import type { Choice, Setup } from '../../model/scenario.ts';
import { twoNodes } from '../topologies/two-nodes.ts';
import { gkeWorld, networkPolicy } from './gke-world.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, intranodeVisibility } from './service-world.ts';

const traffic = 'traffic';
const quiet = 'quiet';
const chatty = 'chatty-server';
const reconnecting = 'reconnecting';

const seconds = 1_000;

/** 80 times faster, Felix refreshes every 1.2 s. */
const speed = 80;
const brief = briefDefaults(10 * seconds);

export const scenario: LabScenario<never> = {
  name: 'healthy',
  about: 'netd and Felix, each with routing tables of its own: no connection is reset',
  factors: [intranodeVisibility, networkPolicy],
  variants: [
    { name: traffic, about: 'clients probe every 5 s' },
    { name: quiet, about: 'clients probe once a minute' },
    { name: chatty, about: 'the server also speaks unasked' },
    {
      name: reconnecting,
      about: 'the server closes all connections now and then, in order, and the clients come back',
    },
  ],
  fixes: {},
  defaults: { ...brief, speed, maxRatePerHour: brief.maxRatePerHour / speed },
  expected: () => 'none',
  expectedCause: () => null,
  expectedAuthor: () => [],
  setup(choice): Setup {
    const world = gkeWorld(choice, twoNodes, [10, 250]);
    return {
      ...world,
      servers: world.servers.map((server) => ({ ...server, ...habits(choice) })),
      clientPeriodMs: (choice.variant === quiet ? 60 : 5) * seconds,
    };
  },
};

function habits({ variant }: Choice): { pushEveryMs?: number; closeEveryMs?: number } {
  if (variant === chatty) return { pushEveryMs: 2 * seconds };
  return variant === reconnecting ? { closeEveryMs: 80 * seconds } : {};
}
