// Runs inside a private world: a connection whose address is translated, made before an observer begins and kept while it observes.
//   listed-entries-inside.ts FOLDER
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { runChecked } from '../../src/system/process.ts';
import { mainScript } from '../program.ts';

const [folder = ''] = process.argv.slice(2);
await runChecked(['ip', 'link', 'set', 'lo', 'up']);
const rules = `table ip nat {
  chain output { type nat hook output priority -100; ip daddr 10.99.1.1 tcp dport 80 dnat to 10.99.0.2:9000; }
}`;
for (const address of ['10.99.0.1', '10.99.0.2', '10.99.1.1'])
  await runChecked(['ip', 'address', 'add', `${address}/32`, 'dev', 'lo']);
await runChecked(['nft', '-f', '-'], { input: rules });

const server = createServer((socket) => socket.on('error', () => undefined)).listen(9_000, '10.99.0.2');
await once(server, 'listening');
const dial = async (host: string, port: number) => {
  const socket = connect({ host, port, localAddress: '10.99.0.1' });
  await once(socket, 'connect');
  return socket.localPort;
};
const translated = await dial('10.99.1.1', 80);
const plain = await dial('10.99.0.2', 9_000);
const observe = [
  'observe',
  '--only',
  'conntrack-events',
  '--out',
  folder,
  '--node',
  'node-1',
  '--duration',
  '1s',
];
await runChecked([process.execPath, mainScript, ...observe]);
process.stdout.write(JSON.stringify({ translated, plain }), () => process.exit(0));
