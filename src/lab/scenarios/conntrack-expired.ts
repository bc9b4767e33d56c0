// A connection is silent for longer than conntrack remembers it: the entry goes, and with it what it translated.
import type { Change } from '../../model/plan.ts';
import type { Choice, Setup } from '../../model/scenario.ts';
import { sysctl } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, hasVisibility, intranodeVisibility, serviceWorld } from './service-world.ts';

const clientFirst = 'client-speaks-first';
const serverFirst = 'server-speaks-first';
const strict = 'strict';
const longerTimeout = 'longer-timeout';
const heartbeat = 'heartbeat';

// The kernel counts this timeout in whole seconds, so a connection must be silent for more than one.
const timeoutSeconds = 1;
const silenceMs = 1_100;

export const scenario: LabScenario<'conntrack-expired'> = {
  name: 'conntrack-expired',
  about: 'connections are silent for longer than conntrack’s timeout, which is one second here',
  factors: [intranodeVisibility],
  variants: [
    { name: clientFirst, about: 'on the server’s node; the client breaks the silence' },
    {
      name: serverFirst,
      about: 'on the other node; the server breaks the silence, and its line is not translated',
    },
    {
      name: strict,
      about: 'on the server’s node with nf_conntrack_tcp_loose=0: packets of no entry are dropped, silently',
    },
  ],
  fixes: {
    [longerTimeout]: 'conntrack’s timeout for established connections is the kernel’s default, five days',
    [heartbeat]: 'clients speak more often than conntrack forgets',
  },
  // One connection per class: silence ends when its owner says so, and several would make one long episode of it.
  defaults: briefDefaults(13_000, 1),
  realTime: true,
  expected(choice) {
    if (choice.fix !== null || choice.variant === strict) return 'none';
    if (choice.variant === serverFirst) return 'remote-only';
    return hasVisibility(choice) ? 'co-located-only' : 'none';
  },
  expectedCause(choice) {
    if (choice.fix !== null) return null;
    const harmless = choice.variant === clientFirst && !hasVisibility(choice);
    return harmless ? null : 'conntrack-expired';
  },
  // Whoever's kernel gets the first packet after the silence has no socket for it: the server's, or, of the line that the server
  // breaks the silence with, the client's (what the client asks afterwards meets a server that was reset already). A strict
  // conntrack drops that packet: nobody says anything.
  expectedAuthor(choice) {
    if (scenario.expectedCause(choice) === null) return [];
    if (choice.variant === strict) return ['nobody'];
    return choice.variant === serverFirst ? ['client-kernel'] : ['server-kernel'];
  },
  setup(choice): Setup {
    const { variant, fix } = choice;
    const speaksLater = variant === serverFirst ? 250 : 0;
    return {
      ...serviceWorld(choice, {
        clientPeriodMs: fix === heartbeat ? 300 : silenceMs + speaksLater,
        clientTimeoutMs: 500,
        server: variant === serverFirst ? { pushEveryMs: silenceMs } : {},
        changes: changes(choice),
      }),
      // Each silence is a trigger of its own, and they follow each other closely.
      episodeWindowMs: 500,
    };
  },
};

function changes({ variant, fix }: Choice): Change[] {
  const node = variant === serverFirst ? 'node-2' : 'node-1';
  const key = (name: string) => `net.netfilter.nf_conntrack_tcp_${name}`;
  return [
    ...(fix === longerTimeout ? [] : [sysctl(node, key('timeout_established'), String(timeoutSeconds))]),
    ...(variant === strict ? [sysctl(node, key('loose'), '0')] : []),
  ];
}
