// A stateful firewall between the nodes forgets what is idle for three seconds, and takes nothing from the middle of a connection.
import type { Change } from '../../model/plan.ts';
import type { Choice, Setup } from '../../model/scenario.ts';
import { sysctl, vpc } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, hasVisibility, intranodeVisibility, serviceWorld } from './service-world.ts';

const reset = 'reset';
const silence = 'silence';
const tcpKeepAlive = 'tcp-keep-alive';
const heartbeat = 'heartbeat';
const longerTimeout = 'longer-timeout';

/** The kernel counts it in whole seconds. */
const boundSeconds = 3;
const longSilenceMs = 4_000;
/** The connections of a class have these in turn: those of the last are lost each time. */
const periodsMs = [1_000, 2_000, longSilenceMs];

export const scenario: LabScenario<'idle-timeout-between'> = {
  name: 'idle-timeout-between',
  about: 'a firewall in the VPC forgets connections that are idle for 3 s, and refuses what it does not know',
  factors: [intranodeVisibility],
  variants: [
    { name: reset, about: 'it answers with a RST' },
    { name: silence, about: 'it drops, and answers nothing' },
  ],
  fixes: {
    [tcpKeepAlive]: 'clients have TCP keep-alive, every second',
    [heartbeat]: 'all clients speak every one or two seconds',
    [longerTimeout]: 'the firewall forgets after ten minutes',
  },
  defaults: briefDefaults(17_000, 9),
  realTime: true,
  expected(choice) {
    if (choice.fix !== null || choice.variant === silence) return 'none';
    return hasVisibility(choice) ? 'both' : 'remote-only';
  },
  expectedCause: ({ fix }) => (fix === null ? 'idle-timeout-between' : null),
  // The firewall is beyond both nodes; where it says nothing, nobody does.
  expectedAuthor({ variant, fix }) {
    if (fix !== null) return [];
    return variant === silence ? ['nobody'] : ['in-between'];
  },
  setup(choice): Setup {
    const world = serviceWorld(choice, {
      clientPeriodMs: longSilenceMs,
      clientTimeoutMs: 1_500,
      changes: firewall(choice),
    });
    const periods = choice.fix === heartbeat ? periodsMs.slice(0, -1) : periodsMs;
    return {
      ...world,
      clients: world.clients.map((client) => ({
        ...client,
        periodsMs: periods,
        ...(choice.fix === tcpKeepAlive ? { keepAliveMs: 1_000 } : {}),
      })),
      // Each silence is a trigger of its own.
      episodeWindowMs: 500,
    };
  },
};

function firewall({ variant, fix }: Choice): Change[] {
  const key = (name: string) => `net.netfilter.nf_conntrack_tcp_${name}`;
  const timeout = String(fix === longerTimeout ? 600 : boundSeconds);
  const body = [
    'chain forward { type filter hook forward priority 0;',
    'meta l4proto != tcp accept;',
    'ct state established,related accept;',
    'ct state new tcp flags & (syn|ack) == syn accept;',
    `counter ${variant === silence ? 'drop' : 'reject with tcp reset'}; }`,
  ];
  return [
    sysctl(vpc, key('loose'), '0'),
    sysctl(vpc, key('timeout_established'), timeout),
    sysctl(vpc, key('timeout_unacknowledged'), timeout),
    { do: 'load-nft-table', netns: vpc, name: 'firewall', body: body.join('\n') },
  ];
}
