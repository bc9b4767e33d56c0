// The mesh's server among clients that mean it no good: bounded in connections and in what each may make it hold, and agents come in.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { readSeries } from '../../src/lab/mesh/series.ts';
import { startMeshServer, type MeshServerSettings } from '../../src/mesh/mesh-server.ts';
import { parseEndpoint } from '../../src/model/endpoint.ts';
import { createAdmission } from '../../src/probe/admission.ts';
import { anywhere, quiet, until } from './running-coordinator.ts';

async function serve(t: TestContext, settings: Partial<MeshServerSettings> = {}) {
  const server = await startMeshServer(
    { serve: anywhere, listen: anywhere, node: undefined, ...settings },
    quiet,
  );
  t.after(() => server.stop());
  const port = parseEndpoint(server.local)?.port ?? 0;
  const series = async () =>
    readSeries(await (await fetch(`http://127.0.0.1:${server.http.port}/metrics`)).text());
  const turnedAway = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await series())
        .filter(({ name }) => name === 'netdebug_mesh_server_connections_turned_away_total')
        .map(({ labels, value }) => [labels['reason'] ?? '', value]),
    );
  const open = async () =>
    (await series()).find(({ name }) => name === 'netdebug_mesh_server_connections')?.value;
  const dial = async (from = '127.0.0.1') => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from });
    socket.on('error', () => undefined);
    t.after(() => socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  return { dial, turnedAway, open };
}

async function ask(socket: Socket): Promise<string> {
  socket.write('Soy todo oídos!\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}
const answered = 'You said: Soy todo oídos!\n';

test('so many connections of one address, so many in all; those that are there go on', async (t) => {
  const { dial, turnedAway, open } = await serve(t, { limits: { connections: 3, connectionsPerAddress: 2 } });
  const [first, second] = [await dial(), await dial()];
  const third = await dial();
  await once(third, 'close');
  const other = await dial('127.0.0.2');
  const last = await dial('127.0.0.3');
  await once(last, 'close');
  assert.deepEqual(
    { connections: 1, 'connections-per-address': 1, silent: 0, untaken: 0 },
    await turnedAway(),
  );
  for (const socket of [first, second, other]) assert.equal(await ask(socket), answered);
  first.destroy();
  await until('it is gone', async () => (await open()) === 2);
  assert.equal(await ask(await dial('127.0.0.3')), answered);
});

test('when all places are taken, who has never asked leaves first, after a while', () => {
  const clock = { now: 0 };
  const left: string[] = [];
  const said: string[] = [];
  const admission = createAdmission<{ close(): void }>(
    { connections: 3, connectionsPerAddress: 10, untaken: 1 },
    () => clock.now,
    (why) => said.push(why),
  );
  const enter = (name: string) => {
    if (!admission.admits(name)) return undefined;
    const guest = {
      close() {
        left.push(name);
        admission.left(guest);
      },
    };
    admission.entered(guest, name);
    return guest;
  };
  const agent = enter('agent');
  assert.ok(agent !== undefined);
  enter('silent');
  enter('later');
  admission.asked(agent);
  clock.now = 9_999;
  assert.equal(enter('new'), undefined);
  clock.now = 10_000;
  assert.ok(enter('new') !== undefined);
  assert.ok(enter('newer') !== undefined);
  assert.equal(enter('newest'), undefined, 'nobody is silent for long enough');
  assert.deepEqual(left, ['silent', 'later']);
  assert.deepEqual(said, ['connections', 'silent', 'silent', 'connections']);
});

test('an unfinished line is held to some hundred bytes', async (t) => {
  const { dial, open } = await serve(t);
  const sockets = await Promise.all(Array.from({ length: 50 }, () => dial()));
  const closed = Promise.all(sockets.map((socket) => once(socket.resume(), 'close')));
  for (const socket of sockets) socket.write('x'.repeat(60_000));
  await closed;
  await until('none is open', async () => (await open()) === 0);
});

test('who says nothing for a quarter of the time has to leave, who has asked has all of it, and starting a line does not help', async (t) => {
  const { dial, open } = await serve(t, { idleMs: 2_000 });
  const [silent, started, agent] = [await dial(), await dial(), await dial()];
  started.write('a');
  assert.equal(await ask(agent), answered);
  await Promise.all([silent, started].map((socket) => once(socket.resume(), 'close')));
  assert.equal(await open(), 1);
  assert.equal(await ask(agent), answered);
  await once(agent.resume(), 'close');
});

test('of those that do not take their answers only so many are waited for', async (t) => {
  const { dial, turnedAway, open } = await serve(t, { limits: { untaken: 2 } });
  const agent = await dial();
  assert.equal(await ask(agent), answered);
  const lines = Buffer.from(`${'y'.repeat(200)}\n`.repeat(5_000));
  for (let count = 0; count < 4; count++) {
    const greedy = (await dial()).pause();
    // Until its answers have filled all buffers on the way back.
    const more = () => {
      while (!greedy.destroyed && greedy.write(lines));
    };
    greedy.on('drain', more);
    more();
  }
  await until('two have left', async () => (await turnedAway())['untaken'] === 2);
  await until('the others are waited for', async () => (await open()) === 3);
  assert.equal(await ask(agent), answered);
});
