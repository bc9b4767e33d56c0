// The table's rows of what the kernel did at the server: killed it for memory, or had no place for the connection; and of its Service.
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import { counters, failed, good, lost, question, ran, talk } from '../made-by-hand.ts';
import { afterwards, exits, isKilled, kernel, known, serverAborts, told } from '../kernel-events.ts';
import { firstEntry, server, service } from '../story-events.ts';
import type { Row, Told } from './row.ts';

const probes = [failed()];
const connecting = { phase: 'connecting', lastGoodAt: null, answers: 0, local: null } as const;
const notAnswered = [
  failed({ ...connecting, local: '10.1.0.33:40001', failure: 'timeout', errno: 'ETIMEDOUT' }),
];
const refused = [failed({ ...connecting, failure: 'refused', errno: 'ECONNREFUSED' })];

const before = lost - 0.0012;
/** The kernel says whom it chose before it kills. */
export const chosen = (seconds = before - 0.01): NodeEvent =>
  told(seconds, 'oom-victim', null, {
    target: { pid: 4_711, command: 'redis-server', container: null, pod: null },
  });
const story = (...nodes: readonly NodeEvent[]): Told => ({ nodes: [...known, ...kernel, ...nodes], probes });

const rule = (text: string, port = 8_080, chain = 'KUBE-SERVICES'): NodeEvent =>
  counters('rule-counters', 'node-1', {
    [`filter ${chain} -d ${service}/32 -p tcp -m comment --comment "${text}" -m tcp --dport ${port} -j REJECT`]: 2,
  });
const attempt = (...nodes: readonly NodeEvent[]): Told => ({
  nodes: [firstEntry(1, 40_001), ...ran('rule-counters'), ...nodes],
  probes: refused,
});

const again = question(lost - 0.01, 35).map((one): PacketEvent => ({ ...one, retransmission: true }));
const overflowed = (by: Record<string, number>): NodeEvent => counters('snmp', server, by, [good, lost]);
const opening = (...nodes: readonly NodeEvent[]): Told => ({
  nodes: [firstEntry(1, 40_001), ...ran('snmp'), ...nodes],
  probes: notAnswered,
});

export const serverRows = {
  'killed for memory': {
    seen: story(chosen(), isKilled(9), exits(), serverAborts(), afterwards),
    // Killed by somebody else: the kernel would have said whom it chose.
    notSeen: story(isKilled(9), exits(), serverAborts(), afterwards),
    unknowable: { nodes: known, probes, missing: 'memory-kills' },
  },
  'rule of a Service without endpoints hit': {
    seen: attempt(rule('default/netdebug has no endpoints')),
    // Another rule refused it.
    notSeen: attempt(rule('policy', 8_080, 'FORWARD')),
    // The Service of another port.
    unknowable: {
      ...attempt(rule('default/netdebug has no endpoints', 9_090)),
      missing: 'rules-between-readings',
    },
  },
  'accept queue overflowed': {
    seen: opening(overflowed({ TcpExtListenOverflows: 5, TcpExtListenDrops: 5 })),
    // It had been answered: it had its place.
    notSeen: {
      nodes: [
        ...talk(),
        ...again,
        ...ran('capture'),
        ...ran('snmp'),
        overflowed({ TcpExtListenOverflows: 5 }),
      ],
      probes: [failed({ failure: 'timeout', errno: 'ETIMEDOUT' })],
    },
    unknowable: { nodes: [firstEntry(1, 40_001)], probes: notAnswered, missing: 'snmp' },
  },
} as const satisfies Partial<Record<string, Row>>;
