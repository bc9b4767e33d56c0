// The table's rows of what was asked and not answered.
import type { FailedEvent, ProbeEvent } from '../../../src/model/probe-event.ts';
import {
  answered,
  failed,
  leaves,
  live,
  lost,
  packet,
  question,
  ran,
  serverRst,
  talk,
} from '../made-by-hand.ts';
import type { Row } from './row.ts';

const closed = (more: Partial<FailedEvent> = {}): ProbeEvent[] => [
  failed({ failure: 'closed', errno: 'EOF', ...more }),
];
/** The server's FIN, which acknowledges everything before this number. */
const finUpTo = (ack: number) => [
  packet(lost - 0.005, ['cali-server', 'in'], leaves, 'F.', { seq: 534, ack }),
  packet(lost - 0.0049, ['cali-client', 'out'], answered, 'F.', { seq: 534, ack, ttl: 63 }),
];
/** Of 17 bytes from 35 on. */
const lastQuestion = question(lost - 0.0051, 35);

export const unansweredRows = {
  'question unanswered': {
    seen: { probes: closed() },
    notSeen: { probes: closed({ phase: 'idle' }) },
    unknowable: 'a loss is told with its phase by probes and by the wire',
  },
  'closed before the question': {
    seen: { nodes: [...talk(), ...lastQuestion, ...finUpTo(35), ...ran('capture')], probes: closed() },
    notSeen: { nodes: [...talk(), ...lastQuestion, ...finUpTo(52), ...ran('capture')], probes: closed() },
    unknowable: {
      nodes: [...serverRst(), ...finUpTo(35), ...ran('capture')],
      probes: closed(),
      missing: 'rest-of-connection',
    },
  },
  'closed on a question that had just come': {
    seen: { nodes: [...talk(), ...question(lost - 0.003, 35), ...serverRst(live), ...ran('capture')] },
    notSeen: { nodes: [...talk(), ...question(lost - 0.04, 35), ...serverRst(live), ...ran('capture')] },
    unknowable: 'only what is seen counts',
  },
  'asked as it closed': {
    seen: { nodes: [...talk(), ...lastQuestion, ...finUpTo(35), ...ran('capture')], probes: closed() },
    notSeen: { nodes: [...talk(), ...lastQuestion, ...finUpTo(52), ...ran('capture')], probes: closed() },
    unknowable: { probes: closed(), missing: 'capture' },
  },
} as const satisfies Record<string, Row>;
