// The table's rows of what the client's own program says, or has no time to say.
import type { ProbeEvent } from '../../../src/model/probe-event.ts';
import { born, failed, good, lost, port, question, ran, serverRst, talk } from '../made-by-hand.ts';
import { accepted, at, client, server, service } from '../story-events.ts';
import type { Row, Unknowable } from './row.ts';

const ofClient = (seconds: number) => ({
  ...({ role: 'client', class: 'here', connection: 0, slot: 0, loopDelayMs: 0, at: at(seconds) } as const),
  ...{ local: `${client}:${port}`, remote: `${service}:8080` },
});
const connected = (seconds: number, local = `${client}:${port}`): ProbeEvent => ({
  ...ofClient(seconds),
  ...{ event: 'connected', connectMs: 1, local },
});
const answered: ProbeEvent = {
  ...ofClient(good),
  ...{ event: 'answered', latencyMs: 1, lateMs: 0, answers: 3 },
};
/** What its server writes of a connection that was reset. */
export const serverIsReset = (seconds = lost): ProbeEvent => ({
  ...{ event: 'ended', role: 'server', at: at(seconds), loopDelayMs: 0, local: `${server}:8080` },
  ...{ peer: `${client}:${port}`, failure: 'reset', errno: 'ECONNRESET', syscall: 'read' },
  ...{ livedMs: (seconds - born) * 1_000, answers: 3 },
});
/** A client's process that is killed and started again, as the logs of both ends have it. */
export const killedClient = (...ends: readonly ProbeEvent[]): ProbeEvent[] => [
  connected(born),
  accepted(1, port),
  answered,
  ...ends,
  connected(lost + 0.3, `${client}:${port + 7}`),
];
export const aborts: Partial<Extract<ProbeEvent, { event: 'failed' }>> = {
  ...{ failure: 'other', errno: 'ABORTED', syscall: 'close' },
};

const onlyWire: Unknowable = {
  nodes: [...talk(), ...question(lost - 0.01, 35), ...serverRst(), ...ran('capture')],
  missing: null,
};
const reset = { probes: [failed()] };

export const ownWordRows = {
  "client's socket was destroyed": {
    seen: { probes: [failed({ errno: 'ECONNABORTED' })] },
    notSeen: reset,
    unknowable: onlyWire,
  },
  'client says it aborted it': {
    seen: { probes: [failed(aborts)] },
    notSeen: reset,
    unknowable: onlyWire,
  },
  "client's process said nothing of it": {
    seen: { probes: killedClient(serverIsReset()) },
    notSeen: reset,
    unknowable: onlyWire,
  },
} as const satisfies Record<string, Row>;
