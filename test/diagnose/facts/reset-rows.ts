// The table's rows of the first RST: its form, where it was first seen, and in whose name.
import {
  clientRst,
  live,
  lost,
  nodeRst,
  outsideRst,
  port,
  serverRst,
  source,
  talk,
} from '../made-by-hand.ts';
import type { Row } from './row.ts';
import { accepted, client } from '../story-events.ts';
import {
  reset,
  timedOut,
  capture,
  fromAfar,
  watchedTalk,
  noCapture,
  missedIt,
  withReset,
  undirected,
  noDirection,
  snmp,
  ownEntry,
  nodeBorn,
  unlocated,
} from './small-stories.ts';

export const resetRows = {
  'RST on the wire': {
    seen: withReset(...serverRst()),
    notSeen: { nodes: watchedTalk, probes: timedOut },
    unknowable: missedIt,
  },
  'RST to the client': {
    seen: withReset(...serverRst()),
    notSeen: withReset(...clientRst()),
    unknowable: {
      ...withReset(
        ...clientRst().slice(0, 1),
        ...serverRst({}, lost - 0.0005)
          .slice(0, 1)
          .map((one) => ({ ...one, node: 'node-2' })),
      ),
      missing: 'order-of-resets',
    },
  },
  'RST to the server': {
    seen: withReset(...clientRst()),
    notSeen: withReset(...serverRst()),
    unknowable: noCapture,
  },
  'RST of a live socket': {
    seen: withReset(...serverRst(live)),
    notSeen: withReset(...serverRst()),
    unknowable: {
      ...withReset(...serverRst({ flags: 'R.', hasTimestampOption: null as never })),
      missing: 'captured-options',
    },
  },
  'RST without a socket': {
    seen: withReset(...serverRst()),
    // With timestamps switched off a live socket has its window and its ACK.
    notSeen: withReset(...serverRst({ flags: 'R.', window: 500 })),
    unknowable: {
      ...withReset(...serverRst({ hasTimestampOption: null as never })),
      missing: 'captured-options',
    },
  },
  'RST has another TTL': {
    seen: withReset(...serverRst({ ttl: 250 })),
    notSeen: withReset(...serverRst()),
    unknowable: { nodes: [...serverRst(), ...capture], probes: reset, missing: 'packets-to-compare' },
  },
  'RST made on the way, by its hops': {
    seen: { nodes: [fromAfar(62), ...outsideRst({ ttl: 64 }), ...capture], probes: reset },
    // A rule on the server's node makes it one router nearer than the server.
    notSeen: { nodes: [fromAfar(62), ...outsideRst({ ttl: 63 }), ...capture], probes: reset },
    unknowable: {
      nodes: [...outsideRst({ ttl: 64 }), ...capture],
      probes: reset,
      missing: 'packets-to-compare',
    },
  },
  'RST is fresh like the others': {
    seen: withReset(...serverRst()),
    notSeen: withReset(...serverRst({ ttl: 250 })),
    unknowable: { nodes: [...serverRst(), ...capture], probes: reset, missing: 'packets-to-compare' },
  },
  "RST left the server's pod": {
    seen: withReset(...serverRst()),
    notSeen: withReset(...outsideRst()),
    unknowable: unlocated,
  },
  "RST left the client's pod": {
    seen: withReset(...clientRst()),
    notSeen: withReset(...serverRst()),
    unknowable: { nodes: [...clientRst(), ...capture], probes: reset, missing: 'packets-to-compare' },
  },
  "server's pod is known": {
    seen: { nodes: [...watchedTalk, ...snmp({})], probes: timedOut },
    // It is the node itself.
    notSeen: { nodes: [...nodeBorn, ...nodeRst(), ...capture], probes: reset },
    unknowable: { nodes: watchedTalk, probes: timedOut, missing: 'pods-of-node' },
  },
  "client's pod is known": {
    seen: { nodes: [...watchedTalk, ...snmp({}, client)], probes: timedOut },
    notSeen: 'fresh packets of a pod that is known to be elsewhere are not taken for its own interface',
    unknowable: { nodes: watchedTalk, probes: timedOut, missing: 'pods-of-node' },
  },
  'sender is the node itself': {
    seen: { nodes: [...nodeBorn, ...nodeRst(), ...capture], probes: reset },
    notSeen: withReset(...nodeRst()),
    unknowable: {
      nodes: [...nodeBorn, ...nodeRst({ ttl: 63 }), ...capture],
      probes: reset,
      missing: 'packets-to-compare',
    },
  },
  'RST made on the node': {
    seen: withReset(...nodeRst()),
    notSeen: withReset(...serverRst()),
    unknowable: {
      nodes: [
        ...talk(),
        ...nodeRst(),
        source('capture', 'started'),
        source('capture', 'stopped', { lost: 3 }),
      ],
      probes: reset,
      missing: 'what-was-lost',
    },
  },
  'RST from outside': {
    seen: withReset(...outsideRst()),
    notSeen: withReset(...serverRst()),
    unknowable: { nodes: [...outsideRst(), ...capture], probes: reset, missing: 'capture-at-server' },
  },
  'RST translated too early': {
    seen: { nodes: [...ownEntry, ...talk(), ...outsideRst(), ...capture], probes: reset },
    notSeen: { nodes: [...ownEntry, ...talk(), ...serverRst(), ...capture], probes: reset },
    unknowable: {
      nodes: [...ownEntry, ...talk(), ...undirected(outsideRst()), ...capture],
      probes: reset,
      missing: 'capture-direction',
    },
  },
  'client answered what was not translated': {
    seen: { nodes: [...ownEntry, ...talk(), ...clientRst(), ...capture], probes: reset },
    notSeen: withReset(...serverRst()),
    unknowable: noDirection,
  },
  'RST for another port': {
    seen: {
      nodes: [...ownEntry, ...talk(), ...serverRst(), ...capture],
      probes: [...reset, accepted(1, 5_001)],
    },
    notSeen: { nodes: [...talk(), ...serverRst(), ...capture], probes: [...reset, accepted(1, port)] },
    unknowable: { ...withReset(...serverRst()), missing: 'server-events' },
  },
} as const satisfies Partial<Record<string, Row>>;
