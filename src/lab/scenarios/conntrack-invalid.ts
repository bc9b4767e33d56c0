// A packet that conntrack calls INVALID is not translated back: it reaches somebody who knows no such connection.
import type { Change } from '../../model/plan.ts';
import type { Choice, Setup } from '../../model/scenario.ts';
import { sysctl } from '../world/wires.ts';
import type { LabScenario } from './lab-scenario.ts';
import {
  briefDefaults,
  coLocatedAddress,
  hasVisibility,
  headlessService,
  intranodeVisibility,
  remoteAddress,
  servicePort,
  serviceWorld,
} from './service-world.ts';

const answer = 'answer';
const answerToRemote = 'answer-to-remote';
const question = 'question';
const dropInvalid = 'drop-invalid';
const liberal = 'liberal-conntrack';

/** Which packet is changed, on the server's node. */
const matches: Readonly<Record<string, string>> = {
  [answer]: `iifname "cali-server" ip daddr ${coLocatedAddress} tcp sport ${servicePort}`,
  [answerToRemote]: `iifname "cali-server" ip daddr ${remoteAddress} tcp sport ${servicePort}`,
  [question]: `iifname "eth0" ip saddr ${coLocatedAddress} tcp dport ${servicePort}`,
};

export const scenario: LabScenario<'conntrack-invalid'> = {
  name: 'conntrack-invalid',
  about:
    'a packet with a sequence number out of the window is INVALID, passes untranslated, and is answered with a RST',
  factors: [intranodeVisibility],
  variants: [
    { name: answer, about: 'an answer to the co-located client' },
    { name: answerToRemote, about: 'an answer to the client on the other node' },
    { name: question, about: 'a question of the co-located client on its way back into the node' },
  ],
  fixes: {
    [dropInvalid]:
      'INVALID packets are dropped, as kube-proxy does in mode iptables since v1.15, and TCP repeats them',
    [liberal]: 'nf_conntrack_tcp_be_liberal=1: conntrack no longer judges by sequence numbers',
    [headlessService.name]: headlessService.about,
  },
  defaults: briefDefaults(10_000),
  needsIptables: ({ fix }) =>
    fix === dropInvalid ? 'kube-proxy drops no INVALID packets in that mode' : undefined,
  needsPod: 'the packet that it changes is one that the node forwards',
  expected(choice) {
    if (choice.fix !== null) return 'none';
    if (choice.variant === answerToRemote) return 'remote-only';
    return choice.variant === answer || hasVisibility(choice) ? 'co-located-only' : 'none';
  },
  expectedCause: (choice) => (scenario.expected(choice) === 'none' ? null : 'conntrack-invalid'),
  // The kernel that gets the untranslated packet: the client's for an answer, which resets the server first and so the client by
  // its next question; the server's for a question.
  expectedAuthor(choice) {
    if (scenario.expectedCause(choice) === null) return [];
    return choice.variant === question ? ['server-kernel'] : ['client-kernel'];
  },
  setup(choice): Setup {
    const { fix } = choice;
    const nodes = ['node-1', 'node-2'];
    const judgeLess = nodes.map((node) => sysctl(node, 'net.netfilter.nf_conntrack_tcp_be_liberal', '1'));
    return {
      ...serviceWorld(choice, {
        dropInvalid: fix === dropInvalid,
        changes: fix === liberal ? judgeLess : [],
      }),
      faults: [
        {
          about: 'the sequence number of the next packet with data is moved ahead by 2^30',
          ...{ firstMs: 1_200, everyMs: 700, jitterMs: 100 },
          steps: [{ afterMs: 0, actions: [mangleOne(choice)] }],
        },
      ],
    };
  },
};

/** Before conntrack sees it. Always ahead: a number behind the window counts as a delayed packet, and that is valid. */
function mangleOne({ variant }: Choice): Change {
  const data = `${matches[variant] ?? ''} ip length > 60`;
  const addTo = (bit: string, flip: string) =>
    `${data} tcp sequence & 0x40000000 == ${bit} limit name "one" counter tcp sequence set tcp sequence ^ ${flip} accept`;
  const body = [
    'limit one { rate 1/day burst 1 packets; }',
    'chain early { type filter hook prerouting priority -310;',
    addTo('0', '0x40000000'),
    addTo('0x40000000', '0xc0000000'),
    '}',
  ];
  return { do: 'load-nft-table', netns: 'node-1', name: 'mangler', body: body.join('\n') };
}
