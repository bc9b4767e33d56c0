// The point of the whole client: a reset of an idle connection is noticed when it arrives, not at the next tick.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMicros } from '../../src/model/clock.ts';
import { startFleet } from '../../src/probe/fleet.ts';
import { listen } from './loopback.ts';
import { record, until } from './recording.ts';

const periodMs = 5_000;

test('a reset that arrives between two ticks is reported before the next tick is due', async (t) => {
  const { port, sockets } = await listen(t, (socket) => {
    socket.on('data', (chunk: Buffer) => socket.write(`You said: ${chunk.toString()}`));
  });
  const { of, surroundings } = record();
  const fleet = startFleet(
    {
      target: { address: '127.0.0.1', port },
      connections: 1,
      periodMs,
      timeoutMs: 30_000,
      maxLine: 65_536,
      className: 'client',
    },
    surroundings,
  );
  t.after(() => fleet.stop());
  await until('the first probe is answered', () => of('answered').length === 1);

  const resetAt = surroundings.clock.now();
  sockets[0]?.resetAndDestroy();
  await until('the reset is reported', () => of('failed').length === 1);

  const [failed] = of('failed');
  assert.deepEqual(
    [failed?.failure, failed?.errno, failed?.phase, failed?.connection],
    ['reset', 'ECONNRESET', 'idle', 0],
  );
  const noticedAt = parseMicros(failed?.at ?? '');
  const nextTickAt = parseMicros(of('connected')[0]?.at ?? '') + periodMs * 1_000;
  assert.ok(noticedAt < nextTickAt, `noticed at ${noticedAt}, next tick at ${nextTickAt}`);
  t.diagnostic(`noticed ${((noticedAt - resetAt) / 1_000).toFixed(3)} ms after the RST was sent`);
});
