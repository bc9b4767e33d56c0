// The table's rows of how it ended, and who said goodbye before.
import type { PacketEvent } from '../../../src/model/node-event.ts';
import type { ProbeEvent } from '../../../src/model/probe-event.ts';
import {
  answer,
  answered,
  clientRst,
  failed,
  failedAgain,
  good,
  lost,
  packet,
  question,
  serverRst,
  talk,
} from '../made-by-hand.ts';
import type { Row } from './row.ts';
import { accepted, at } from '../story-events.ts';
import {
  reset,
  told,
  timedOut,
  capture,
  awayFromClient,
  watchedTalk,
  withReset,
  tellsItself,
  onlyWire,
  fin,
  resetAlone,
  connects,
  serverEnded,
  serverSays,
  served,
  answeredAt,
  noServer,
} from './small-stories.ts';

export const howItEndedRows = {
  'was reset': { seen: { probes: reset }, notSeen: { probes: timedOut }, unknowable: tellsItself },
  'was refused': {
    seen: { probes: told('refused', connects) },
    notSeen: { probes: reset },
    unknowable: tellsItself,
  },
  'was closed': { seen: { probes: told('closed') }, notSeen: { probes: reset }, unknowable: tellsItself },
  'timed out': {
    seen: { probes: timedOut },
    notSeen: { probes: told('unreachable') },
    // What the client said last, it had said before: its FIN may have been lost with what it said again.
    unknowable: {
      nodes: [
        ...awayFromClient([...question(1.2, 0), ...talk(), ...question(lost - 0.01, 35), ...clientRst()]),
        ...capture,
      ],
      missing: 'capture-at-client',
    },
  },
  'was unreachable': {
    seen: { probes: told('unreachable') },
    notSeen: { probes: timedOut },
    unknowable: tellsItself,
  },
  'never connected': {
    seen: { probes: told('refused', connects) },
    notSeen: { probes: reset },
    unknowable: 'a loss is told with its phase by probes and by the wire',
  },
  'failed while idle': {
    seen: { probes: told('reset', { phase: 'idle' }) },
    notSeen: { probes: reset },
    unknowable: 'a loss is told with its phase by probes and by the wire',
  },
  'told by a probe': {
    seen: { probes: reset },
    notSeen: { nodes: [...talk(), ...question(lost - 0.01, 35), ...serverRst(), ...capture] },
    unknowable: tellsItself,
  },
  'client says it was reset': {
    seen: { probes: reset },
    notSeen: { probes: timedOut },
    unknowable: {
      nodes: [...talk(), ...question(lost - 0.01, 35), ...serverRst(), ...capture],
      missing: null,
    },
  },
  'client noticed late': {
    seen: {
      nodes: [
        ...talk(),
        packet(good + 0.01, ['cali-client', 'out'], answered, 'F.', { seq: 534 }),
        ...capture,
      ],
      probes: [
        answeredAt(good),
        failed({ at: at(lost + 1), failure: 'closed', errno: 'EOF', loopDelayMs: 900 }),
      ],
    },
    notSeen: { nodes: watchedTalk, probes: timedOut },
    unknowable: {
      ...onlyWire,
      nodes: [...talk(), ...question(lost - 0.01, 35), ...serverRst(), ...capture],
      missing: 'client-events',
    },
  },
  'server closed first': {
    seen: withReset(fin('server'), ...serverRst()),
    notSeen: withReset(...serverRst()),
    unknowable: resetAlone,
  },
  'client closed first': {
    seen: withReset(fin('client'), ...serverRst()),
    notSeen: withReset(...serverRst()),
    unknowable: resetAlone,
  },
  'sent again and again': {
    seen: {
      nodes: [
        ...talk(),
        ...question(lost - 0.01, 18).map((one): PacketEvent => ({ ...one, retransmission: true })),
        ...capture,
      ],
      probes: timedOut,
    },
    notSeen: { nodes: watchedTalk, probes: timedOut },
    unknowable: {
      nodes: [...awayFromClient(talk()), ...capture],
      probes: timedOut,
      missing: 'capture-at-client',
    },
  },
  'had been idle': {
    seen: {
      nodes: [...talk(), ...question(good + 3, 35), ...serverRst({}, good + 3.001), ...capture],
      probes: [failed({ at: at(good + 3.01) })],
    },
    notSeen: withReset(...question(lost - 0.01, 35), ...serverRst()),
    unknowable: { ...resetAlone, probes: [failed({ at: at(good + 3.01) })] },
  },
  'loser silent for long': {
    seen: { nodes: [...question(good - 1.5), ...answer(good), ...serverRst(), ...capture], probes: reset },
    notSeen: withReset(...serverRst()),
    unknowable: resetAlone,
  },
  'refused afterwards': {
    seen: { probes: [...reset, failedAgain('refused')] },
    notSeen: { probes: [...reset, failedAgain('timeout')] },
    unknowable: { probes: reset, missing: null },
  },
  'silent afterwards': {
    seen: { probes: [...reset, failedAgain('timeout')] },
    notSeen: { probes: [...reset, failedAgain('refused')] },
    unknowable: { probes: reset, missing: null },
  },
  // Long after the loss the server's half waits in vain.
  'server gave up waiting': {
    seen: served(serverEnded('timeout', lost - 0.01)),
    notSeen: served(serverEnded('timeout', lost + 60)),
    unknowable: noServer,
  },
  'server says it ended it': {
    seen: served(serverSays('CLOSED')),
    notSeen: served(serverSays('CLOSED', lost + 60)),
    unknowable: noServer,
  },
  "server's socket was destroyed": {
    seen: served(serverSays('ECONNABORTED')),
    notSeen: served(serverSays('CLOSED')),
    unknowable: noServer,
  },
  'server was reset as well': {
    seen: served(serverEnded('reset', lost - 0.01)),
    notSeen: served(),
    unknowable: {
      probes: [...reset, { ...accepted(1, 7), peer: '10.9.9.9:7' } as ProbeEvent],
      missing: 'accept-of-connection',
    },
  },
} as const satisfies Partial<Record<string, Row>>;
