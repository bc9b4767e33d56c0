// The table's rows of whether the server's machine is there at all.
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { icmpError, ran, routeGone, talk } from '../made-by-hand.ts';
import { asksInVain, gaveUp, inOrder, ofServer } from '../one-direction.ts';
import { at, server } from '../story-events.ts';
import type { Row } from './row.ts';

const probes = [gaveUp()];
const silence = inOrder(...asksInVain(false));
const [monitor, neighbours] = ['ip-monitor', 'neighbours'].map(ran) as [NodeEvent[], NodeEvent[]];

const base = (source: string, seconds: number) => ({
  ...{
    source,
    at: at(seconds),
    node: 'node-1',
    text: `${source} said`,
    file: `evidence/node-1/${source}.log`,
  },
});
export const routeBack = (seconds: number): NodeEvent => ({
  ...base('ip-monitor', seconds),
  ...{ event: 'route-changed', change: 'added', route: `${server} dev cali-server` },
});
export const link = (seconds: number, state: string | null, name = 'cali-server'): NodeEvent => ({
  ...base('ip-monitor', seconds),
  ...{ event: 'link-changed', change: state === null ? 'deleted' : 'changed', link: name, state },
});
export const neighbour = (
  seconds: number,
  address: string,
  more: { interface?: string } = {},
): NodeEvent => ({
  ...base('neighbours', seconds),
  ...{ event: 'neighbour', scope: 'node-1', change: 'failed', address, interface: 'cali-server' },
  ...{ macBefore: 'ee:ee:ee:ee:ee:ee', mac: null, state: 'FAILED', ...more },
});
const told = (...nodes: readonly NodeEvent[]) => ({
  nodes: [...silence, ...ran('capture'), ...nodes],
  probes,
});

export const peerHostRows = {
  'server is gone for good': {
    seen: told(...monitor, routeGone(2.15)),
    notSeen: told(...monitor, routeGone(2.15), routeBack(4)),
    unknowable: { ...told(), missing: 'ip-monitor' },
  },
  "link of the server's node is down": {
    seen: told(...monitor, link(2.15, 'LOWERLAYERDOWN')),
    notSeen: told(...monitor, link(2.15, 'DOWN'), link(2.16, null)),
    unknowable: { ...told(...monitor, link(2.15, 'DOWN', 'eth9')), missing: 'rest-of-connection' },
  },
  'neighbour did not answer': {
    seen: told(...neighbours, neighbour(2.9, server)),
    // Some other machine of the same network.
    notSeen: told(...neighbours, neighbour(2.9, '10.9.9.9', { interface: 'eth0' })),
    unknowable: { ...told(icmpError(2.9, ['cali-client', 'out'], [3, 1])), missing: 'neighbours' },
  },
  'server may be gone': {
    seen: told(),
    notSeen: { nodes: [...talk(), ...asksInVain(false), ...ofServer(2.7, true), ...ran('capture')], probes },
    unknowable: 'that nothing was heard of it is seen by whoever looks',
  },
} as const satisfies Partial<Record<string, Row>>;
