// The books of a fleet: whatever happens to its connections, each is accounted for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imbalance } from '../../src/probe/books.ts';
import { startFleet } from '../../src/probe/fleet.ts';
import { listen, unusedPort } from './loopback.ts';
import { record, until } from './recording.ts';

const balanced = { dialled: 0, connected: 0, sent: 0 };

function settings(port: number) {
  return {
    target: { address: '127.0.0.1', port },
    connections: 20,
    periodMs: 20,
    timeoutMs: 500,
    maxLine: 100,
    className: 'client',
  };
}

test('probes and connections add up through resets, closes, silence and lines nobody asked for', async (t) => {
  let accepted = 0;
  const { port } = await listen(t, (socket) => {
    const nature = accepted++ % 4;
    let lines = 0;
    socket.on('data', (chunk: Buffer) => {
      lines += 1;
      if (nature === 0 && lines === 3) socket.resetAndDestroy();
      else if (nature === 1 && lines === 2) socket.end();
      else if (nature === 2 && lines === 4) socket.end('twice\ntwice\n');
      else if (nature === 3 && lines === 5) return;
      else socket.write(Buffer.concat([Buffer.from('You said: '), chunk]));
    });
  });
  const recording = record();
  const fleet = startFleet(settings(port), recording.surroundings);
  t.after(() => fleet.stop());
  const { books } = fleet;
  await until(
    'all of it has happened',
    () => books.failed.awaiting > 20 && books.failed.idle + books.failed.awaiting > 40 && books.unasked > 0,
  );
  await fleet.stop();
  assert.deepEqual(imbalance(books), balanced);
  // And the events tell the same story.
  assert.equal(recording.of('connected').length, books.connected);
  assert.equal(recording.of('answered').length, books.answered);
  assert.equal(recording.of('finished').length, books.finished);
  const failed = recording.of('failed');
  for (const phase of ['connecting', 'idle', 'awaiting'] as const) {
    assert.equal(failed.filter((event) => event.phase === phase).length, books.failed[phase], phase);
  }
});

test('connections that could not be made add up too', async (t) => {
  const port = await unusedPort();
  const { surroundings } = record();
  const fleet = startFleet(settings(port), surroundings);
  t.after(() => fleet.stop());
  await until('all have failed', () => fleet.books.failed.connecting === 20);
  await fleet.stop();
  assert.deepEqual(imbalance(fleet.books), balanced);
});
