// A peer that goes away while the server is stuck writing: the write fails, and is logged as a write.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDeadlines } from '../../src/probe/deadlines.ts';
import { serveConnection, type ServedConnection } from '../../src/probe/served-connection.ts';
import { createSilentPeers } from '../../src/probe/silent-peers.ts';
import { dial, listen } from './loopback.ts';
import { record, until } from './recording.ts';

/** A connection whose peer asks and does not read, until the server's write is stuck. */
async function stuck(t: TestContext) {
  const recording = record();
  const { clock } = recording.surroundings;
  const deadlines = createDeadlines<ServedConnection>(30_000, clock, (late) => late.expire());
  t.after(() => deadlines.stop());
  const settings = {
    maxLine: 100,
    deadlines,
    surroundings: recording.surroundings,
    silentPeers: createSilentPeers(recording.surroundings),
    onEnd: () => undefined,
  };
  const { port, sockets } = await listen(t, (socket) => void serveConnection(socket, settings));
  const { socket: peer, end } = await dial(t, port);
  peer.pause();
  await until('it is accepted', () => sockets.length === 1);
  const served = sockets[0]!;
  // Little by little, so that the last bytes still fit into the server's receive buffer, and a FIN behind them.
  let sent = 0;
  while (!(await staysStuck(served))) {
    peer.write(Buffer.alloc(8_192, '\n'));
    sent += 8_192;
    await until(
      'it is read, or the write is stuck',
      () => served.bytesRead === sent || served.writableLength > 0,
    );
  }
  return { ...recording, peer, ends: `127.0.0.1:${port}->${end}` };
}

/** Tells a write that waits for the peer from one that the kernel is just carrying out. */
async function staysStuck(socket: Socket): Promise<boolean> {
  for (let looks = 0; looks < 50; looks++) {
    if (socket.writableLength === 0) return false;
    await sleep(2);
  }
  return true;
}

test('a reset during a write is a reset of the write', async (t) => {
  const { peer, ends, lines, of } = await stuck(t);
  peer.resetAndDestroy();
  await until('it is over', () => of('ended').length === 1);
  assert.equal(lines.at(-1), `write tcp ${ends}: write: connection reset by peer`);
  const [ended] = of('ended');
  assert.deepEqual([ended?.failure, ended?.errno, ended?.syscall], ['reset', 'ECONNRESET', 'write']);
});

test('a reset after the peer had closed its side is a broken pipe', async (t) => {
  const { peer, ends, lines, of } = await stuck(t);
  await new Promise<void>((resolve) => void peer.end(resolve));
  // Closing with unread bytes makes the kernel send a RST.
  peer.destroy();
  await until('it is over', () => of('ended').length === 1);
  assert.equal(lines.at(-1), `write tcp ${ends}: write: broken pipe`);
  const [ended] = of('ended');
  assert.deepEqual([ended?.failure, ended?.errno, ended?.syscall], ['reset', 'EPIPE', 'write']);
});

test('answers that the kernel has not taken are not counted', async (t) => {
  const { peer, of } = await stuck(t);
  const asked = peer.bytesWritten;
  peer.resetAndDestroy();
  await until('it is over', () => of('ended').length === 1);
  const answers = of('ended')[0]?.answers ?? 0;
  assert.ok(answers > 0 && answers < asked, `${answers} of ${asked}`);
});

test('an orderly close comes right after an answer, where no question can be on its way, or else at the second call', async (t) => {
  const recording = record();
  const { clock } = recording.surroundings;
  const deadlines = createDeadlines<ServedConnection>(30_000, clock, (late) => late.expire());
  t.after(() => deadlines.stop());
  const served: ServedConnection[] = [];
  const settings = {
    ...{ maxLine: 100, deadlines, surroundings: recording.surroundings, closeWith: 'fin' as const },
    ...{ silentPeers: createSilentPeers(recording.surroundings), onEnd: () => undefined },
  };
  const { port } = await listen(t, (socket) => void served.push(serveConnection(socket, settings)));
  const [asking, silent] = [await dial(t, port), await dial(t, port)];
  await until('both are accepted', () => served.length === 2);
  for (const connection of served) connection.close();
  let answeredBefore: string | undefined;
  asking.socket.once('end', () => (answeredBefore = asking.received().toString()));
  asking.socket.write('still there?\n');
  await until('one is closed', () => answeredBefore !== undefined);
  assert.match(answeredBefore ?? '', /^You said: still there\?\n$/);
  assert.equal(recording.of('ended').length, 1);
  let ended = false;
  silent.socket.once('end', () => (ended = true));
  for (const connection of served) connection.close();
  await until('the silent one is closed, too', () => ended);
  assert.deepEqual(
    recording.of('ended').map(({ errno, answers }) => [errno, answers]),
    [
      ['CLOSED', 1],
      ['CLOSED', 0],
    ],
  );
});
