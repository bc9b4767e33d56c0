// The table's rows of who answers for the server's address.
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { failed, ran, serverRst, talk } from '../made-by-hand.ts';
import { at, server } from '../story-events.ts';
import type { Row } from './row.ts';

const probes = [failed()];
const owners = ['02:00:00:00:00:01', '02:00:00:00:00:02', '02:00:00:00:00:03'] as const;

/** The node finds the address at another of the three owners. */
export const moves = (
  seconds: number,
  [from, to]: readonly [0 | 1 | 2, 0 | 1 | 2],
  address = server,
): NodeEvent => ({
  ...{ source: 'neighbours', at: at(seconds), node: 'node-1', text: 'neighbours said' },
  ...{ file: 'evidence/node-1/neighbours.log', event: 'neighbour', scope: 'node-1', change: 'moved' },
  ...{ address, interface: 'cali-server', macBefore: owners[from], mac: owners[to], state: 'STALE' },
});

const told = (...nodes: readonly NodeEvent[]) => ({
  nodes: [...talk(), ...serverRst(), ...ran('capture'), ...nodes],
  probes,
});
const watched = ran('neighbours');

export const addressOwnerRows = {
  'address went to another owner': {
    seen: told(...watched, moves(2.05, [0, 1])),
    // Long before, and another address.
    notSeen: told(...watched, moves(1.1, [0, 1]), moves(2.05, [0, 1], '10.9.9.9')),
    unknowable: { ...told(), missing: 'neighbours' },
  },
  'address goes back and forth': {
    seen: told(...watched, moves(2.05, [0, 1]), moves(2.9, [1, 0]), moves(4.1, [0, 1])),
    notSeen: told(...watched),
    // There and back, once: so does an address that is moved on purpose.
    unknowable: { ...told(...watched, moves(2.05, [0, 1]), moves(2.9, [1, 0])), missing: 'its-hours' },
  },
  'address came back at once': {
    seen: told(...watched, moves(2.05, [0, 1]), moves(2.9, [1, 0])),
    notSeen: told(...watched),
    // Once and no more, or to a third one, or after a while.
    unknowable: { ...told(...watched, moves(2.05, [0, 1]), moves(2.9, [1, 2])), missing: 'its-hours' },
  },
} as const satisfies Partial<Record<string, Row>>;
