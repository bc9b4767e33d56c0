// A second network of the pods, beside the cluster's, as Multus attaches one: a cable between the server's pod and the remote client's.
import type { Change, Plan } from '../../model/plan.ts';
import { sysctl, within } from '../world/wires.ts';
import { remoteAddress } from './service-world.ts';

const dev = 'net1';
const [server, client] = ['server', 'remote-client'];
const cable: Change = { do: 'add-veth', a: { netns: server, dev }, b: { netns: client, dev } };

/** Once it is there; nothing uses it yet. */
export const secondNetwork: Plan = [
  { change: cable, undo: { do: 'delete-link', netns: server, dev } },
  ...within([
    { do: 'set-up', netns: server, dev },
    { do: 'set-up', netns: client, dev },
    // The client answers there for the address that it has on the cluster's network, too.
    { do: 'add-address', netns: client, dev, cidr: `${remoteAddress}/32` },
    ...['all', dev].map((name) => sysctl(client, `net.ipv4.conf.${name}.rp_filter`, '0')),
  ]),
];

/** The server sends to the client by it, and no longer does. */
export const wayBySecondNetwork: readonly [Change, Change] = [
  { do: 'add-route', netns: server, to: remoteAddress, dev },
  { do: 'delete-route', netns: server, to: remoteAddress, dev },
];
