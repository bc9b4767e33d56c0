// Runs in a network of its own, in the machine's pid namespace: watches it, and makes resets by the loopback in this very process.
//   kernel-events-own-pids-inside.ts FOLDER      prints one line of JSON: the kernel's events, and this process' id
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { watchNode } from '../../src/observe/watch-node.ts';

const [folder = ''] = process.argv.slice(2);
const events: NodeEvent[] = [];
const watch = await watchNode('here', folder, (event) => void events.push(event), {
  netns: null,
  podAddresses: [],
  only: ['snmp', 'kernel-events'],
});
const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const accepted = once(server, 'connection') as Promise<[Socket]>;
const client = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
client.on('error', () => undefined);
const closed = new Promise((resolve) => client.once('close', resolve));
await once(client, 'connect');
const [socket] = await accepted;
socket.resetAndDestroy();
await closed;
await watch.stop();
const kernel = events.filter((event) => event.event === 'kernel' || event.source === 'kernel-events');
// Nothing of the watcher may hold it up.
process.stdout.write(`${JSON.stringify({ pid: process.pid, events: kernel })}\n`, () => process.exit(0));
