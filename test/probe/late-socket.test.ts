// Of a thousand resets at once the last is told before the first socket is closed.
import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { once } from 'node:events';
import { test } from 'node:test';
import { createAfterBurst } from '../../src/probe/after-burst.ts';
import { LateSocket } from '../../src/probe/late-socket.ts';
import { startFleet } from '../../src/probe/fleet.ts';
import { listen } from './loopback.ts';
import { record, until } from './recording.ts';

test('its error is told while it is open, and it closes when the burst is over', async (t) => {
  const { port, sockets } = await listen(t, () => undefined);
  const burst = createAfterBurst({ now: () => 0, monotonic: () => performance.now() });
  const told: string[] = [];
  const socket = new LateSocket({}, burst, (error) => {
    told.push(`${(error as NodeJS.ErrnoException).code} from port ${socket.localPort}`);
  });
  socket.on('close', () => told.push('close'));
  socket.connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  await until('it is accepted', () => sockets.length === 1);
  const { localPort } = socket;
  socket.resume();
  sockets[0]?.resetAndDestroy();
  await until('it is closed', () => told.length === 2);
  assert.deepEqual(told, [`ECONNRESET from port ${localPort}`, 'close']);
});

test(
  'when all connections of a fleet are reset together, each reset is reported before any of them is closed',
  { skip: process.platform !== 'linux' && 'needs Linux' },
  async (t) => {
    const count = 300;
    const { port, sockets } = await listen(t, (socket) =>
      socket.on('data', () => socket.write('You said: x\n')),
    );
    const recording = record();
    let failures = 0;
    const openAt: number[] = [];
    const fleet = startFleet(
      {
        target: { address: '127.0.0.1', port },
        ...{ connections: count, periodMs: 200, timeoutMs: 30_000, maxLine: 1_000, className: 'client' },
      },
      {
        ...recording.surroundings,
        report(event) {
          recording.surroundings.report?.(event);
          if (event.event !== 'failed') return;
          failures += 1;
          if (failures === 1 || failures === count) openAt.push(openSockets());
        },
      },
    );
    t.after(() => fleet.stop());
    await until(
      'all are answered',
      () => new Set(recording.of('answered').map(({ slot }) => slot)).size === count,
    );
    // In one turn: when the client looks, all of them are there.
    for (const socket of sockets.slice(0, count)) socket.resetAndDestroy();
    await until('all are reset', () => failures === count);
    const told = recording.of('failed').map(({ slot, failure }) => `${slot} ${failure}`);
    assert.equal(new Set(told.filter((text) => text.endsWith(' reset'))).size, count);
    assert.deepEqual(openAt, [openAt[0], openAt[0]], 'sockets open at the first report and at the last');
    await until('all are connected again', () => recording.of('connected').length === 2 * count);
  },
);

function openSockets(): number {
  let sockets = 0;
  for (const name of readdirSync('/proc/self/fd')) {
    try {
      if (readlinkSync(`/proc/self/fd/${name}`).startsWith('socket:')) sockets += 1;
    } catch {
      // The folder's own descriptor is gone by now.
    }
  }
  return sockets;
}
