// The table's rows of what kernels, conntrack and rules counted.
import { good, laterRound, listener, live, nodeRst, ran, serverRst, source, talk } from '../made-by-hand.ts';
import type { Row } from './row.ts';
import { server } from '../story-events.ts';
import {
  reset,
  timedOut,
  capture,
  rules,
  watchedTalk,
  withReset,
  snmp,
  counted,
  uncounted,
  bare,
  ownEntry,
  ruleCount,
  statCount,
  noStats,
  rulesComeAndGo,
} from './small-stories.ts';

export const countRows = {
  'sender counted its RSTs': {
    seen: counted({ TcpOutRsts: 1 }),
    notSeen: counted({ TcpInSegs: 1 }),
    unknowable: uncounted,
  },
  'sender counted just those RSTs': {
    seen: counted({ TcpOutRsts: 1 }),
    notSeen: counted({ TcpOutRsts: 2 }),
    unknowable: uncounted,
  },
  'sender counted aborts': {
    seen: counted({ TcpExtTCPAbortOnClose: 1 }),
    notSeen: counted({ TcpInSegs: 1 }),
    unknowable: uncounted,
  },
  'no abort known to be counted': {
    seen: withReset(...serverRst(live)),
    notSeen: counted({ TcpOutRsts: 1, TcpExtTCPAbortOnData: 1 }),
    unknowable: 'it is about what is known',
  },
  'sender counted an abort for each': {
    seen: counted({ TcpOutRsts: 1, TcpExtTCPAbortOnData: 1 }),
    notSeen: counted({ TcpOutRsts: 1 }),
    unknowable: uncounted,
  },
  'sender counted unread input for each': {
    seen: counted({ TcpOutRsts: 1, TcpExtTCPAbortOnClose: 1 }),
    // With linger 0, a socket that is half closed counts and sends no RST.
    notSeen: counted({ TcpOutRsts: 1, TcpExtTCPAbortOnData: 1 }),
    // One RST more was seen than was counted: whose the aborts are is not known.
    unknowable: { ...counted({ TcpOutRsts: 2, TcpExtTCPAbortOnClose: 1 }), missing: null },
  },
  'sender answered for a closed socket': {
    seen: bare({ TcpOutRsts: 1, TcpExtTCPAbortOnData: 1 }),
    notSeen: bare({ TcpOutRsts: 1 }),
    unknowable: { ...withReset(...serverRst()), missing: 'snmp' },
  },
  'sender gave up': {
    seen: counted({ TcpExtTCPAbortOnTimeout: 1 }),
    notSeen: counted({ TcpInSegs: 1 }),
    // It was stopped later, but it had read for the last time before.
    unknowable: {
      nodes: [...talk(), ...serverRst(live), ...capture, ...snmp({}).slice(0, 1), ...ran('snmp')],
      probes: reset,
      missing: 'snmp',
    },
  },
  'node counted RSTs of its own': {
    seen: {
      nodes: [...talk(), ...nodeRst(), ...capture, ...snmp({ TcpOutRsts: 1 }, 'node-1')],
      probes: reset,
    },
    notSeen: {
      nodes: [...talk(), ...nodeRst(), ...capture, ...snmp({ TcpInSegs: 1 }, 'node-1')],
      probes: reset,
    },
    unknowable: { ...withReset(...nodeRst()), missing: 'snmp' },
  },
  'packets were INVALID': {
    seen: statCount({ invalid: 1 }),
    notSeen: statCount({ found: 1 }),
    unknowable: noStats,
  },
  'INVALID packets dropped': {
    seen: ruleCount('-m conntrack --ctstate INVALID -j DROP'),
    notSeen: rulesComeAndGo,
    unknowable: { nodes: [...watchedTalk, ...rules], probes: timedOut, missing: 'rules-between-readings' },
  },
  'no drop rule known to be hit': {
    seen: { probes: timedOut },
    notSeen: ruleCount('filter FORWARD --dport 8080 -j DROP'),
    unknowable: 'that none is known is seen by whoever looks',
  },
  'table overflowed': {
    seen: statCount({ early_drop: 1 }),
    notSeen: statCount({ found: 1 }, {}, [...ownEntry, laterRound(server)]),
    // The table of the server's node may be full where nobody looks at it.
    unknowable: { ...statCount({ found: 1 }), missing: 'conntrack-stats' },
  },
  'table full': {
    seen: statCount({}, { nf_conntrack_count: 99, nf_conntrack_max: 100 }),
    notSeen: statCount({}, { nf_conntrack_count: 9, nf_conntrack_max: 100 }),
    unknowable: noStats,
  },
  "listener's process lived on": {
    seen: { nodes: [...ownEntry, listener(good + 0.05, 'closed', 'lives')], probes: reset },
    notSeen: { nodes: [...ownEntry, listener(good + 0.05, 'closed', 'ended')], probes: reset },
    unknowable: {
      nodes: [...ownEntry, listener(good + 0.05, 'closed')],
      probes: reset,
      missing: 'owner-of-listener',
    },
  },
  'reject rule hit': {
    seen: ruleCount('-p tcp -j REJECT'),
    notSeen: rulesComeAndGo,
    unknowable: {
      nodes: [...watchedTalk, ...rules, source('rule-counters', 'limited', { blindTo: ['reject'] })],
      probes: timedOut,
      missing: 'rules-without-counter',
    },
  },
  'drop rule hit': {
    seen: ruleCount('-p tcp -j DROP'),
    notSeen: rulesComeAndGo,
    unknowable: { nodes: [...watchedTalk, ...capture], probes: timedOut, missing: 'rule-counters' },
  },
} as const satisfies Partial<Record<string, Row>>;
