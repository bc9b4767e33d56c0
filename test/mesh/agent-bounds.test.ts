// What an agent does with a coordinator that is none, and with plans that no coordinator of ours makes.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { startCoordinatorClient } from '../../src/mesh/agent/coordinator-client.ts';
import { createTargetRanges, parseRanges } from '../../src/mesh/agent/target-ranges.ts';
import { listen, type Listener } from '../probe/loopback.ts';
import { agentOf, giving, plainCoordinator, planOf, target, type Answering } from './plain-coordinator.ts';
import { until } from './running-coordinator.ts';

const answering = (t: TestContext): Promise<Listener> =>
  listen(t, (socket) => {
    socket.on('data', (chunk: Buffer) => socket.write(`You said: ${chunk.toString()}`));
    socket.on('end', () => socket.end());
  });

/** An agent that holds a connection by a good plan, and its coordinator. */
async function following(t: TestContext, more = {}) {
  const peer = await answering(t);
  const coordinator = await plainCoordinator(t, giving(planOf(peer.port)));
  const running = await agentOf(t, coordinator.url, [peer.port], more);
  await until('it follows', async () => (await running.sum('connections')) === 1);
  return { peer, coordinator, ...running };
}

const isPrintable = (line: string) => /^[ -~…’]*$/.test(line);

describe(
  'an agent goes on with its last plan, and says why, when it is answered with',
  { concurrency: true },
  () => {
    const other = (more: object) => (port: number) => giving(planOf(port, { revision: 'other', ...more }));
    const cases: [what: string, reason: string, said: RegExp, answer: (port: number) => Answering][] = [
      [
        ...(['a revision that is no header', 'malformed', /what it gives is no plan/] as const),
        other({ revision: 'bad\r\nrevision' }),
      ],
      ['another node’s plan', 'other-node', /plan of another node, "node-9"/, other({ node: 'node-9' })],
      [
        ...([
          'more connections than an agent holds',
          'too-large',
          /more than 500 connections, .*fewer --targets/,
        ] as const),
        (port) =>
          giving(
            planOf(port, {
              revision: 'many',
              targets: [
                target(port, { connections: 300 }),
                target(port, { address: '127.0.0.2', connections: 300 }),
              ],
            }),
          ),
      ],
      [
        ...(['targets outside the ranges only', 'address', /no target of its plan may be dialled/] as const),
        (port) =>
          giving(planOf(port, { revision: 'far', targets: [target(port, { address: '169.254.169.254' })] })),
      ],
      [
        ...(['a port that is no mesh server’s', 'port', /no target of its plan may be dialled/] as const),
        (port) => giving(planOf(port, { revision: 'ssh', targets: [target(22)] })),
      ],
      [
        ...(['a redirect', 'redirect', /a redirect \(302\), which is not followed/] as const),
        () => (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      ],
      [
        ...(['401', 'unauthenticated', /it answers 401: "who\\x1b\[31m\\nare you"; .*--token-file/] as const),
        () => (_, response) => response.writeHead(401).end('who\x1b[31m\nare you'),
      ],
      [
        ...(['a body without end', 'too-large', /larger than 1048576 bytes/] as const),
        () => (_, response) => {
          const chunk = Buffer.alloc(65_536, 0x20);
          const more = () => {
            while (!response.destroyed && response.write(chunk));
          };
          response.on('drain', more);
          more();
        },
      ],
    ];
    for (const [what, reason, said, answer] of cases) {
      test(what, async (t) => {
        const { peer, coordinator, log, sum } = await following(t);
        coordinator.answer = answer(peer.port);
        await until('it is refused', async () => (await sum('refused_total', { reason })) >= 2);
        assert.deepEqual([await sum('connections'), await sum('targets')], [1, 1]);
        const lines = log.filter((line) => said.test(line) && line.includes('going on with the last one'));
        assert.equal(lines.length, 1, log.join('\n'));
        assert.ok(log.every(isPrintable), log.join('\n'));
        assert.equal(peer.sockets.length, 1);
        assert.ok(coordinator.asked.every(({ url }) => url?.startsWith('/v1/') === true));
        coordinator.answer = giving(planOf(peer.port, { revision: 'second', zone: 'zone-b' }));
        await until('it follows again', async () => (await sum('agent_info', { zone: 'zone-b' })) === 1);
      });
    }
  },
);

test('of an endless body an agent reads what a plan can have, and no more', async (t) => {
  let written = 0;
  let closed = 0;
  const coordinator = await plainCoordinator(t, (_, response) => {
    const chunk = Buffer.alloc(65_536, 0x20);
    const more = () => {
      do written += chunk.length;
      while (!response.destroyed && response.write(chunk) && written < 64 * 1_048_576);
    };
    response.on('drain', more).on('close', () => (closed += 1));
    more();
  });
  await agentOf(t, coordinator.url, [8_080]);
  await until('it hangs up', () => closed > 0);
  // What the kernel holds for both ends is written, and not read.
  assert.ok(written < 32 * 1_048_576, `${written} bytes`);
});

test('targets that may not be dialled are left out, said and counted, and the others are held', async (t) => {
  const peer = await answering(t);
  const targets = [
    target(peer.port),
    target(22),
    target(peer.port, { address: '169.254.169.254' }),
    target(peer.port, { address: '::ffff:a9fe:a9fe' }),
    target(peer.port, { address: '10.0.0.1' }),
  ];
  const coordinator = await plainCoordinator(t, giving(planOf(peer.port, { targets })));
  const { log, sum } = await agentOf(t, coordinator.url, [peer.port]);
  await until('it holds one', async () => (await sum('connections')) === 1);
  assert.equal(await sum('targets'), 1);
  assert.deepEqual(
    [await sum('refused_total', { reason: 'port' }), await sum('refused_total', { reason: 'address' })],
    [1, 3],
  );
  assert.equal(log.filter((line) => /is not the port of a mesh server/.test(line)).length, 1);
  assert.equal(log.filter((line) => /outside the ranges of pods and Services/.test(line)).length, 1);
});

test('a name is dialled only at addresses within the ranges', async (t) => {
  const peer = await answering(t);
  const coordinator = await plainCoordinator(
    t,
    giving(planOf(peer.port, { targets: [target(peer.port, { address: 'localhost' })] })),
  );
  const { log, sum } = await agentOf(t, coordinator.url, [peer.port], {
    targetRanges: createTargetRanges(parseRanges('10.0.0.0/8') ?? [], []),
  });
  await until('it is refused', async () => (await sum('refused_total', { reason: 'address' })) > 0);
  assert.match(log.join('\n'), /The plan has "localhost" at "(127\.0\.0\.1|::1)", which is outside/);
  assert.equal(peer.sockets.length, 0);
});

test('a plan of the plan file is followed only when it would be taken from the coordinator', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-plan-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const planFile = join(folder, 'plan.json');
  const peer = await answering(t);
  const silent = await plainCoordinator(t, (_, response) => response.writeHead(503).end());
  const start = async (plan: object) => {
    await writeFile(planFile, JSON.stringify(plan));
    return agentOf(t, silent.url, [peer.port], { planFile });
  };
  const good = await start(planOf(peer.port));
  await until('a good one is followed', async () => (await good.sum('connections')) === 1);
  for (const [reason, plan] of [
    ['other-node', planOf(peer.port, { node: 'node-9' })],
    ['malformed', planOf(peer.port, { revision: 'bad\nrevision' })],
    ['port', planOf(peer.port, { targets: [target(22)] })],
    ['too-large', planOf(peer.port, { targets: Array.from({ length: 501 }, () => target(peer.port)) })],
    ['too-large', { ...planOf(peer.port), more: ' '.repeat(1_048_576) }],
  ] as const) {
    const { log, sum } = await start(plan);
    await until('it is refused', () => log.some((line) => line.includes('plan file')));
    assert.ok((await sum('refused_total', { reason })) >= 1, reason);
    assert.equal(await sum('targets'), 0);
    assert.match(log.join('\n'), /The plan file \S+ holds no plan to follow/);
  }
});

describe('the token', () => {
  test('is sent with every question, as the file is then', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'netdebug-token-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'aaa.bbb.ccc\n');
    const { coordinator } = await following(t, { tokenFile });
    const sent = () => coordinator.asked.map(({ headers }) => headers.authorization);
    assert.ok(sent().every((one) => one === 'Bearer aaa.bbb.ccc'));
    await writeFile(tokenFile, 'ddd.eee.fff\n');
    await until('the new one is sent', () => sent().includes('Bearer ddd.eee.fff'));
    assert.equal(await readFile(tokenFile, 'utf8'), 'ddd.eee.fff\n');
  });

  test('is not sent without the flag', async (t) => {
    const { coordinator } = await following(t);
    assert.ok(coordinator.asked.every(({ headers }) => headers.authorization === undefined));
  });

  test('that cannot be read, or is none, is said, and nothing is asked without it', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'netdebug-token-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'secret\x1b[2J secret');
    const coordinator = await plainCoordinator(t, giving(planOf(8_080)));
    const bad = await agentOf(t, coordinator.url, [8_080], { tokenFile });
    const none = await agentOf(t, coordinator.url, [8_080], { tokenFile: join(folder, 'none') });
    await until('both say it', () => bad.log.length > 0 && none.log.length > 0);
    assert.match(bad.log[0] ?? '', /holds no token/);
    assert.doesNotMatch(bad.log[0] ?? '', /secret/);
    assert.match(none.log[0] ?? '', /the token of --token-file cannot be read: ENOENT/);
    assert.equal(coordinator.asked.length, 0);
  });
});

test('whether the coordinator is reached does not hang on the token, nor on what it answers', async (t) => {
  const coordinator = await plainCoordinator(t, (_, response) => response.writeHead(401).end());
  const client = startCoordinatorClient(
    { coordinator: coordinator.url, node: 'node-1', tokenFile: '/nowhere/token' },
    {
      ...{ nowMs: () => performance.now(), random: () => 0.5, log: () => undefined, hasPlan: () => false },
      ...{ planOf: () => assert.fail('there is no plan'), onPlan: () => undefined, refused: () => undefined },
    },
  );
  t.after(() => client.stop());
  assert.equal(await client.reaches(), true);
  assert.equal(coordinator.asked[0]?.headers.authorization, undefined);
  coordinator.answer = (_, response) => response.writeHead(302, { location: '/' }).end();
  assert.equal(await client.reaches(), true);
  coordinator.answer = (_, response) => response.destroy();
  assert.equal(await client.reaches(), false);
});

test('a coordinator that tells another plan each time is asked once a second at most', async (t) => {
  let number = 0;
  const peer = await answering(t);
  const coordinator = await plainCoordinator(t, (request, response) =>
    giving(planOf(peer.port, { revision: `r${(number += 1)}` }))(request, response),
  );
  const started = performance.now();
  await agentOf(t, coordinator.url, [peer.port]);
  await until('it has asked thrice', () => coordinator.asked.length >= 3);
  assert.ok(performance.now() - started >= 1_900);
});
