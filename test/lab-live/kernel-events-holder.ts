// Watches the kernel's events of its own network namespace, to be ended from outside.
//   kernel-events-holder.ts FOLDER churn    says a word, then begins and ends watching, again and again
//   kernel-events-holder.ts FOLDER hold     watches until its stdin ends, resets one connection, and prints what was told of RSTs in the end
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { watchNode } from '../../src/observe/watch-node.ts';

const [folder = '', what] = process.argv.slice(2);
const start = (name: string) =>
  watchNode('here', join(folder, name), () => undefined, {
    netns: null,
    podAddresses: [],
    only: ['snmp', 'kernel-events'],
  });

if (what === 'churn') {
  process.stdout.write('begun\n');
  for (let time = 0; ; time += 1) {
    const watch = await start(String(time));
    await new Promise((done) => setTimeout(done, 150));
    await watch.stop();
  }
}

const watch = await start('all');
process.stdout.write('watching\n');
process.stdin.resume();
await once(process.stdin, 'end');
const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const accepted = once(server, 'connection') as Promise<[Socket]>;
const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
const closed = new Promise((done) => client.once('close', done));
(await accepted)[0].resetAndDestroy();
await closed;
const said = await watch.stop();
process.stdout.write(`${said.find(({ source }) => source === 'kernel-events')?.text ?? ''}\n`);
process.exit(0);
