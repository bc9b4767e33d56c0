// The table's rows of how far it came, what was sent again and again.
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import { counters, failed, good, laterRound, lost, question, ran, talk } from '../made-by-hand.ts';
import { firstEntry, server } from '../story-events.ts';
import type { Row } from './row.ts';

const gaveUp = [failed({ failure: 'timeout', errno: 'ETIMEDOUT' })];
const again = question(lost - 0.01, 35).map((one): PacketEvent => ({ ...one, retransmission: true }));
const at = (place: string) => (one: PacketEvent) => one.interface === place;
/** It was sent into the server's pod, and nothing came out. */
const arrived = { nodes: [...talk(), ...again, ...ran('capture')], probes: gaveUp };

const opening = [
  failed({ failure: 'timeout', errno: 'ETIMEDOUT', phase: 'connecting', lastGoodAt: null, answers: 0 }),
];
const counted = (...nodes: NodeEvent[]) => ({
  nodes: [firstEntry(1, 40_001), ...ran('snmp'), ...nodes],
  probes: opening,
});

export const arrivalRows = {
  'never arrived': {
    seen: { ...arrived, nodes: [...talk(), ...again.filter(at('cali-client')), ...ran('capture')] },
    notSeen: arrived,
    unknowable: {
      nodes: [...[...talk(), ...again].filter(at('cali-client')), ...ran('capture')],
      probes: gaveUp,
      missing: 'capture-at-server',
    },
  },
  'may never have arrived': {
    seen: { probes: gaveUp },
    notSeen: arrived,
    unknowable: 'that nothing shows that it arrived is seen by whoever looks',
  },
  'server dropped openings': {
    seen: counted(counters('snmp', server, { TcpExtListenOverflows: 5, TcpExtListenDrops: 5 }, [good, lost])),
    notSeen: counted(counters('snmp', server, { TcpInSegs: 5 }, [good, lost]), laterRound(server)),
    unknowable: { nodes: [firstEntry(1, 40_001)], probes: opening, missing: 'snmp' },
  },
} as const satisfies Partial<Record<string, Row>>;
