// The table's rows of what IPVS forgot.
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { failed, good, lost, nodeRst, port, ran, source, talk } from '../made-by-hand.ts';
import { at, client, server, service } from '../story-events.ts';
import type { Row } from './row.ts';

const probes = [failed()];
const capture = ran('capture');

/** An entry that was last seen half a second before it was gone. */
export const forgotten = (seconds: number, secondsLeft: number, clientPort = port): NodeEvent => ({
  ...{ event: 'ipvs-entry', source: 'ipvs', node: 'node-1', at: at(seconds), since: at(seconds - 0.5) },
  ...{ text: 'gone', file: 'evidence/node-1/ipvs.log', state: 'ESTABLISHED', secondsLeft },
  tuple: { src: client, sport: clientPort, dst: service, dport: 8_080 },
  endpoint: { address: server, port: 8_080 },
});
const told = (...nodes: readonly NodeEvent[]) => ({
  nodes: [...talk(), ...nodeRst(), ...capture, ...nodes],
  probes,
});
const owns = (...ownAddresses: string[]) => source('listeners', 'started', { ownAddresses });

export const ipvsRows = {
  'IPVS entry ran out': {
    seen: told(...ran('ipvs'), forgotten(lost - 0.01, 0)),
    // A program took it: it had its time before it.
    notSeen: told(...ran('ipvs'), forgotten(lost - 0.01, 700)),
    unknowable: { ...told(), missing: 'ipvs' },
  },
  "RST in the name of the node's own address": {
    seen: told(owns('192.0.2.1', service)),
    notSeen: told(owns('192.0.2.1')),
    unknowable: { ...told(), missing: null },
  },
} as const satisfies Partial<Record<string, Row>>;

/** Of another connection, and of this one long before. */
export const notOfThisLoss: readonly NodeEvent[] = [
  forgotten(lost - 0.01, 0, port + 1),
  forgotten(good - 0.9, 0),
];
