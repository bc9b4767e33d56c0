// The table's rows of ICMP errors about the connection's packets.
import type { IcmpErrorEvent } from '../../../src/model/node-event.ts';
import {
  asked,
  failed,
  failedAgain,
  icmpError,
  lost,
  nodeRst,
  question,
  ran,
  source,
  takesIcmp,
  talk,
} from '../made-by-hand.ts';
import type { Row, Told, Unknowable } from './row.ts';

const timedOut = [failed({ failure: 'timeout', errno: '' })];
const sent = [...talk(), ...question(lost - 0.06, 35)];
const told = (...errors: readonly IcmpErrorEvent[]): Told => ({
  nodes: [...sent, ...errors, ...takesIcmp()],
  probes: timedOut,
});
/** By the node that the client's packet came into. */
const answer = (kind: readonly [number, number], direction: 'in' | 'out' | 'unknown' = 'out') =>
  icmpError(lost - 0.059, ['cali-client', direction], kind);
const port = [3, 3] as const;
const none = told();
/** A capture that does not say whether it takes them, and has none. */
const perhapsNotTaken: Unknowable = {
  nodes: [...sent, ...ran('capture')],
  probes: timedOut,
  missing: 'icmp-errors',
};
/** Another connection of the client was told, and what a kernel may tell may have been used up by that. */
const neighbourTold = icmpError(lost - 0.059, ['cali-client', 'out'], port, {
  tuple: { ...asked, sport: 40_777 },
});
const otherTold: Unknowable = {
  ...told(neighbourTold),
  missing: 'icmp-errors',
};
const nextRefused = icmpError(lost + 0.1, ['cali-client', 'out'], port, {
  tuple: { ...asked, sport: 40_002 },
});

export const icmpRows = {
  'ICMP error seen': { seen: told(answer(port)), notSeen: none, unknowable: otherTold },
  'ICMP: packet too long': {
    seen: told(answer([3, 4])),
    notSeen: told(answer(port)),
    unknowable: perhapsNotTaken,
  },
  'ICMP answer: port unreachable': {
    seen: told(answer(port)),
    // It ended by a RST, and the error before it was no more than a soft one.
    notSeen: {
      nodes: [...sent, answer(port), ...nodeRst(), ...takesIcmp()],
      probes: [failed()],
    },
    unknowable: perhapsNotTaken,
  },
  'ICMP answer: prohibited': {
    seen: told(answer([3, 13])),
    notSeen: told(answer(port)),
    unknowable: perhapsNotTaken,
  },
  'ICMP answer: host unreachable': {
    seen: told(answer([3, 1])),
    notSeen: told(answer(port)),
    unknowable: perhapsNotTaken,
  },
  'ICMP answer: time exceeded': {
    seen: told(answer([11, 0])),
    notSeen: told(answer(port)),
    unknowable: perhapsNotTaken,
  },
  'ICMP made on the node': {
    seen: told(answer(port)),
    notSeen: told(icmpError(lost - 0.0591, ['eth0', 'in'], port), answer(port)),
    unknowable: { ...told(answer(port, 'unknown')), missing: 'capture-direction' },
  },
  "ICMP left the server's pod": {
    seen: told(icmpError(lost - 0.0591, ['cali-server', 'in'], port), answer(port)),
    notSeen: told(answer(port)),
    unknowable: {
      nodes: [...sent.filter(({ interface: name }) => name === 'cali-client'), answer(port), ...takesIcmp()],
      probes: timedOut,
      missing: 'capture-at-server',
    },
  },
  'ICMP from outside': {
    seen: told(icmpError(lost - 0.0591, ['eth0', 'in'], port), answer(port)),
    notSeen: told(answer(port)),
    unknowable: {
      nodes: [
        ...sent.filter(({ interface: name }) => name === 'cali-client'),
        icmpError(lost - 0.0591, ['eth0', 'in'], port),
        ...takesIcmp(),
      ],
      probes: timedOut,
      missing: 'capture-at-server',
    },
  },
  'ICMP refused its neighbours': {
    seen: told(neighbourTold),
    notSeen: none,
    unknowable: perhapsNotTaken,
  },
  'no ICMP error known, nor its neighbours': {
    seen: { probes: timedOut },
    notSeen: told(neighbourTold),
    unknowable: 'that none is known is seen by whoever looks',
  },
  'next attempt refused by ICMP': {
    seen: { nodes: [...sent, nextRefused, ...takesIcmp()], probes: [...timedOut, failedAgain('refused')] },
    notSeen: { nodes: [...sent, nextRefused, ...takesIcmp()], probes: [...timedOut, failedAgain('timeout')] },
    unknowable: {
      nodes: [...sent, ...ran('capture'), source('capture', 'started')],
      probes: [...timedOut, failedAgain('refused')],
      missing: 'icmp-errors',
    },
  },
} as const satisfies Record<string, Row>;
