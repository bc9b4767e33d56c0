// Runs inside a private world: `netdebug observe --kernel-events` beside a server that resets all its connections at once, first those at an
// address of the node's, then those by its loopback.
//   kernel-events-burst-inside.ts FOLDER CONNECTIONS     prints one line of JSON: { "exitCode", "stderr", "bursts", "cpuMs", "idleKib", "peakKib" }
//   kernel-events-burst-inside.ts client ADDRESS PORT CONNECTIONS     holds the other ends
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { runChecked } from '../../src/system/process.ts';
import { kernelAlone, observeWords, startObserve } from './start-observe.ts';

const [folder = '', ...rest] = process.argv.slice(2);
if (folder === 'client') hold();
else await watchBursts(Number(rest[0]));

function hold(): void {
  const [address = '', port, connections] = rest;
  let closed = 0;
  for (let count = 0; count < Number(connections); count += 1) {
    const socket = connect(Number(port), address).on('error', () => undefined);
    socket.on('close', () => {
      closed += 1;
      if (closed === Number(connections)) process.exit(0);
    });
  }
}

async function watchBursts(connections: number): Promise<void> {
  await runChecked(['ip', 'link', 'set', 'lo', 'up']);
  await runChecked(['ip', 'addr', 'add', '10.77.1.1/32', 'dev', 'lo']);
  const observe = await startObserve(observeWords(folder, ...kernelAlone, '--sample', '5s'));

  const before = costOf(observe.child.pid);
  const bursts: number[] = [];
  for (const address of ['10.77.1.1', '127.0.0.1']) {
    const sockets: Socket[] = [];
    const all = Promise.withResolvers<undefined>();
    const server = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      if (sockets.length === connections) all.resolve(undefined);
    }).listen(0, address, 4_096);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = spawn(
      process.execPath,
      [import.meta.filename, 'client', address, String(port), String(connections)],
      { stdio: 'inherit' },
    );
    await all.promise;
    const begunAt = performance.now();
    for (const socket of sockets) socket.resetAndDestroy();
    bursts.push(Math.round(performance.now() - begunAt));
    await once(client, 'close');
    server.close();
    // Two bursts in one second would be one.
    await new Promise((done) => setTimeout(done, 1_000));
  }
  const after = costOf(observe.child.pid);
  observe.child.kill('SIGTERM');
  const exitCode = await observe.ended;
  const cost = { cpuMs: after.cpuMs - before.cpuMs, peakKib: after.peakKib, idleKib: before.peakKib };
  process.stdout.write(`${JSON.stringify({ exitCode, stderr: observe.said(), bursts, ...cost })}\n`);
  process.exit(0);
}

function costOf(pid = 0): { cpuMs: number; peakKib: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  // Ticks of 10 ms.
  return { cpuMs: (Number(stat[11]) + Number(stat[12])) * 10, peakKib: Number(peak) };
}
