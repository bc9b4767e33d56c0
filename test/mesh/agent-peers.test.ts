// What an agent does with peers that are no servers of the mesh, or behave as none does; on loopback.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test, type TestContext } from 'node:test';
import { outcomeOf } from '../../src/mesh/agent/ending.ts';
import type { FailedEvent } from '../../src/model/probe-event.ts';
import { listen } from '../probe/loopback.ts';
import { agentOf, giving, plainCoordinator, planOf, target, type Answering } from './plain-coordinator.ts';
import { until } from './running-coordinator.ts';

/** Serves as `how` says at each moment. */
async function peerThat(t: TestContext, first: (socket: Socket) => void) {
  const state = { how: first };
  const listener = await listen(t, (socket) => state.how(socket));
  return Object.assign(state, { listener, port: listener.port });
}

const answers = (socket: Socket) => {
  socket.on('data', (chunk: Buffer) => socket.write(`You said: ${chunk.toString()}`));
  socket.on('end', () => socket.end());
};

test('a peer that takes connections and closes them at once is not dialled in a loop, by one slot or by twenty', async (t) => {
  const peer = await peerThat(t, (socket) => socket.destroy());
  const coordinator = await plainCoordinator(
    t,
    giving(planOf(peer.port, { targets: [target(peer.port, { connections: 20 })] })),
  );
  const { sum } = await agentOf(t, coordinator.url, [peer.port]);
  await until('all have tried', () => peer.listener.sockets.length >= 20);
  // What is measured is a rate: thousands in this time, if nobody holds back; twice as many as slots, where the second is no longer one.
  await sleep(1_000);
  assert.ok(peer.listener.sockets.length <= 100, String(peer.listener.sockets.length));
  await until('they are left out', async () => (await sum('excluded_total')) >= 20);
});

test('a server that closes is no reset, be it at once, with our question unread, or after an answer', async (t) => {
  const peer = await peerThat(t, answers);
  const coordinator = await plainCoordinator(t, giving(planOf(peer.port)));
  const { sum } = await agentOf(t, coordinator.url, [peer.port]);
  const closed = () => sum('probes_total', { outcome: 'closed' });
  const answered = () => sum('probes_total', { outcome: 'answered' });
  const ways: ((socket: Socket) => void)[] = [
    // Our question is in its receive buffer, and Linux sends a RST for it.
    (socket) => socket.pause().resetAndDestroy(),
    (socket) => socket.destroy(),
    (socket) => socket.once('data', () => socket.end()),
  ];
  for (const way of ways) {
    const before = { closed: await closed(), answered: await answered() };
    // Twice, then it is dialled at once when it is lost.
    await until('it is answered', async () => (await answered()) >= before.answered + 2);
    peer.how = way;
    peer.listener.sockets.at(-1)?.end();
    await until('it is counted', async () => (await closed()) >= before.closed + 2);
    peer.how = answers;
  }
  assert.equal(await sum('probes_total', { outcome: 'reset' }), 0);
  assert.deepEqual([await sum('resets_total'), await sum('episodes_total')], [0, 0]);
});

test('a program of its own that served, and now accepts and closes, makes no resets', async (t) => {
  // In one process the server closes before the client has asked; this one lets our question come first, or not.
  const script = `
    let accepted = 0;
    const serve = (socket) => {
      let questions = 0;
      socket.on('data', (chunk) => {
        socket.write('You said: ' + chunk);
        if ((questions += 1) === 3) socket.end();
      });
    };
    const server = require('node:net').createServer({ pauseOnConnect: true }, (socket) => {
      if ((accepted += 1) > 20) setImmediate(() => socket.destroy());
      else serve(socket.resume());
    });
    server.listen(0, '127.0.0.1', () => process.stdout.write(String(server.address().port)));`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(text.toString());
  const targets = [target(port, { connections: 20 })];
  const coordinator = await plainCoordinator(t, giving(planOf(port, { targets })));
  const { sum } = await agentOf(t, coordinator.url, [port]);
  await until(
    'all were closed twice',
    async () => (await sum('probes_total', { outcome: 'closed' })) + (await sum('resets_total')) >= 40,
  );
  assert.deepEqual([await sum('resets_total'), await sum('probes_total', { outcome: 'reset' })], [0, 0]);
});

describe('a failure counts as', () => {
  const event = (more: Partial<FailedEvent>): FailedEvent => ({
    ...{
      event: 'failed',
      role: 'client',
      at: '',
      loopDelayMs: 0,
      class: 'same-zone',
      connection: 0,
      slot: 0,
    },
    ...{ local: null, remote: '', livedMs: 5_000, answers: 3, lastGoodAt: null, slotAnswered: true },
    ...{ failure: 'reset', errno: 'ECONNRESET', syscall: 'read', phase: 'idle', ...more },
  });
  const cases: [what: string, event: FailedEvent, outcome: string][] = [
    ['a reset, of a connection that was answered', event({}), 'reset'],
    [
      'closed, when the RST came after the server’s FIN',
      event({ errno: 'EPIPE', syscall: 'write' }),
      'closed',
    ],
    ['closed, when the connection never had an answer', event({ answers: 0, phase: 'awaiting' }), 'closed'],
    ['what it is otherwise', event({ failure: 'timeout', errno: 'DEADLINE', answers: 0 }), 'timeout'],
  ];
  for (const [what, of, outcome] of cases) test(what, () => assert.equal(outcomeOf(of), outcome));
});

test('after a reset of a connection that was answered, the next is dialled at once, every time', async (t) => {
  const peer = await peerThat(t, (socket) => {
    let questions = 0;
    socket.on('data', (chunk: Buffer) => {
      questions += 1;
      if (questions <= 2) socket.write(`You said: ${chunk.toString()}`);
      else socket.resetAndDestroy();
    });
  });
  const coordinator = await plainCoordinator(t, giving(planOf(peer.port)));
  const { sum } = await agentOf(t, coordinator.url, [peer.port]);
  // With a wait that grew each time it would be half a minute by then.
  await until('twelve resets are counted', async () => (await sum('resets_total')) >= 12);
});

/** Gives a plan with the Service of all servers at the port, and says of each node in `nodes` what it says. */
const service = (port: number, nodes: Readonly<Record<string, object>> = {}): Answering => {
  const anywhere = { node: null, zone: null, path: 'service', connections: 3 };
  const plan = giving(planOf(port, { targets: [target(port, anywhere)] }));
  return (request, response) => {
    const state = nodes[request.url?.replace('/v1/nodes/', '') ?? ''];
    if (state === undefined) plan(request, response);
    else response.end(JSON.stringify(state));
  };
};

describe('a server that says that it is on a node of which nobody knows', () => {
  /** Says a name of its own on each connection, answers three times, and sends a RST. */
  const inventive = () => {
    let names = 0;
    return (socket: Socket) => {
      const more = (names += 1);
      socket.write(`Server says: node invented-${more}\n`);
      let questions = 0;
      socket.on('data', (chunk: Buffer) => {
        questions += 1;
        if (questions <= 3) socket.write(`You said: ${chunk.toString()}`);
        else socket.resetAndDestroy();
      });
    };
  };

  test('makes one label, however many names it has, and its resets count', async (t) => {
    const peer = await peerThat(t, inventive());
    const coordinator = await plainCoordinator(t, service(peer.port));
    const { log, series, sum } = await agentOf(t, coordinator.url, [peer.port], { pairSeries: true });
    await until('thirty resets are counted', async () => (await sum('resets_total')) >= 30);
    const targets = new Set((await series()).flatMap(({ labels }) => labels['target'] ?? []));
    assert.deepEqual([...targets].toSorted(), ['unexpected server']);
    assert.equal(await sum('excluded_total'), 0);
    assert.ok((await sum('refused_total', { reason: 'unexpected-server' })) >= 30);
    assert.equal(log.filter((line) => line.includes('invented')).length, 1);
  });

  test('is not left out because it says goodbye', async (t) => {
    const peer = await peerThat(t, (socket) => {
      socket.write('Server says: node invented\nServer says: leaving\n');
      answers(socket);
      setTimeout(() => socket.resetAndDestroy(), 200).unref();
    });
    const coordinator = await plainCoordinator(t, service(peer.port));
    const { sum } = await agentOf(t, coordinator.url, [peer.port]);
    await until('resets are counted', async () => (await sum('resets_total')) >= 6);
    assert.equal(await sum('excluded_total'), 0);
  });
});

test('a node that is gone, or being taken away, is not where a new connection lands: its name excuses nothing', async (t) => {
  const peer = await peerThat(t, (socket) => {
    socket.write('Server says: node drained\n');
    answers(socket);
    setTimeout(() => socket.resetAndDestroy(), 200).unref();
  });
  const drained = { node: 'drained', zone: 'zone-b', leftOut: 'node-deleting' };
  const coordinator = await plainCoordinator(t, service(peer.port, { drained }));
  const { sum } = await agentOf(t, coordinator.url, [peer.port]);
  await until('resets are counted', async () => (await sum('resets_total', { path: 'service' })) >= 3);
  assert.equal(await sum('excluded_total', { path: 'service' }), 0);
});

test('a node of the cluster that the plan does not name counts in its class, and is left out when it is taken away then', async (t) => {
  const other: { node: string; zone: string; leftOut: string | null } = {
    ...{ node: 'other', zone: 'zone-b', leftOut: null },
  };
  const peer = await peerThat(t, (socket) => {
    socket.write('Server says: node other\n');
    answers(socket);
  });
  const coordinator = await plainCoordinator(t, service(peer.port, { other }));
  const { series, sum } = await agentOf(t, coordinator.url, [peer.port], { pairSeries: true });
  const isOpen = () => sum('connections', { class: 'cross-zone', path: 'service' });
  await until('they are found to be in another zone', async () => (await isOpen()) === 3);
  const targets = new Set((await series()).flatMap(({ labels }) => labels['target'] ?? []));
  assert.deepEqual([...targets], ['another node']);
  other.leftOut = 'node-deleting';
  const began = peer.listener.sockets.length;
  for (const socket of peer.listener.sockets.slice(0, began)) socket.resetAndDestroy();
  await until(
    'they are left out',
    async () => (await sum('excluded_total', { cause: 'node-deleting' })) === 3,
  );
  assert.equal(await sum('resets_total', { path: 'service' }), 0);
});

test('a server at a node’s pod that says another node is not taken for that node', async (t) => {
  const peer = await peerThat(t, (socket) => {
    socket.write('Server says: node node-3\nServer says: leaving\n');
    answers(socket);
    setTimeout(() => socket.resetAndDestroy(), 200).unref();
  });
  const leftOut = [{ node: 'node-2', reason: 'node-deleting' }];
  const coordinator = await plainCoordinator(t, giving(planOf(peer.port, { leftOut })));
  const { series, sum } = await agentOf(t, coordinator.url, [peer.port], { pairSeries: true });
  await until('resets are counted', async () => (await sum('pair_resets_total')) >= 2);
  const resets = (await series()).filter(({ name }) => name === 'netdebug_mesh_pair_resets_total');
  assert.deepEqual(
    resets.filter(({ value }) => value > 0).map(({ labels }) => labels['target']),
    ['unexpected server'],
  );
  assert.equal(await sum('excluded_total'), 0);
});

test('series of pairs that no plan has any more go once they were scraped', async (t) => {
  const peer = await peerThat(t, answers);
  const named = (number: number) =>
    giving(
      planOf(peer.port, { revision: `r${number}`, targets: [target(peer.port, { node: `node-${number}` })] }),
    );
  const coordinator = await plainCoordinator(t, named(2));
  const { series } = await agentOf(t, coordinator.url, [peer.port], { pairSeries: true });
  const targets = async () => [...new Set((await series()).flatMap(({ labels }) => labels['target'] ?? []))];
  for (const number of [2, 3, 4]) {
    coordinator.answer = named(number);
    await until('only its pair is there', async () => (await targets()).join() === `node-${number}`);
  }
});

test('a server that says without end what nobody asked is hung up on, and not dialled again at once', async (t) => {
  const lines = Buffer.from('Server says: node node-2\n'.repeat(1_000));
  let ended = 0;
  const peer = await peerThat(t, (socket) => {
    const more = () => {
      while (!socket.destroyed && socket.write(lines));
    };
    socket.on('drain', more).on('close', () => (ended += 1));
    socket.resume();
    more();
  });
  const coordinator = await plainCoordinator(t, giving(planOf(peer.port)));
  const { log, sum } = await agentOf(t, coordinator.url, [peer.port]);
  await until('two connections are ended', () => ended >= 2);
  assert.ok((await sum('refused_total', { reason: 'unexpected-server' })) >= 2);
  assert.ok(peer.listener.sockets.length <= 10, String(peer.listener.sockets.length));
  assert.equal(log.filter((line) => line.includes('without end')).length, 1);
  await until('none is left open', async () => (await sum('connections')) === 0);
});
