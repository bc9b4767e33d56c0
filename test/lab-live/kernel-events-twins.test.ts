// Two worlds with the same addresses at once, each with its own watcher, on one kernel.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { before, describe, it } from 'node:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { KernelEvent } from '../../src/model/kernel-event.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { trackNodeNamespaces } from '../../src/observe/kernel/node-namespaces.ts';
import { namespaceOf } from '../../src/observe/pod-namespaces.ts';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { labSkip, tracefsSkip } from './netdebug.ts';

const inside = resolve(import.meta.dirname, 'kernel-events-twin-inside.ts');

interface Seen {
  readonly pid: number;
  /** Processes of the pod. */
  readonly peer: readonly number[];
  /** The server that was killed soon after it had begun to listen. */
  readonly brief: number;
  readonly events: readonly NodeEvent[];
}

function startWorld(folder: string, port: number) {
  const [file, ...words] = sandboxArgv(true);
  const argv = [...words, process.execPath, inside, folder, String(port)];
  const child = spawn(file, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    ended: once(child, 'close'),
    said: async () => String((await lines.next()).value),
    go: () => child.stdin.write('go\n'),
  };
}

describe('two worlds with the same addresses', { skip: (await labSkip()) || (await tracefsSkip()) }, () => {
  const seen: Seen[] = [];
  const ports = [7100, 7200];
  before(async () => {
    const parent = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
    const worlds = ports.map((port) => startWorld(join(parent, String(port)), port));
    try {
      // No watcher begins before both worlds are there, and none ends before both have done their things.
      for (const step of ['made', 'watching', 'done']) {
        for (const { said } of worlds) assert.equal(await said(), step);
        for (const { go } of worlds) go();
      }
      for (const { said } of worlds) seen.push(JSON.parse(await said()) as Seen);
      await Promise.all(worlds.map(({ ended }) => ended));
    } finally {
      for (const { child } of worlds) child.kill('SIGKILL');
      await rm(parent, { recursive: true, force: true });
    }
  });

  for (const [world, first] of ports.entries()) {
    const kernel = () => (seen[world]?.events ?? []).filter((event) => event.event === 'kernel');
    const portsOf = ({ tuple }: KernelEvent) => [tuple?.sport ?? 0, tuple?.dport ?? 0];
    const at = (port: number, tracepoint: KernelEvent['tracepoint']) =>
      kernel().filter((event) => event.tracepoint === tracepoint && portsOf(event).includes(port));
    const lastOf = () => {
      const last = seen[world]?.events.findLast((event) => event.event === 'source');
      return last?.event === 'source' ? last : undefined;
    };

    it(`nothing of the other one is kept (${first})`, () => {
      const other = ports[1 - world] ?? 0;
      const strange = kernel().filter((event) =>
        portsOf(event).some((port) => port >= other && port < other + 100),
      );
      assert.deepEqual(strange, []);
    });

    it(`both ends of each connection are kept (${first})`, () => {
      const ends = [0, 1, 2, 3, 4, 5].map((offset) => [
        at(first + offset, 'send-reset').length,
        at(first + offset, 'receive-reset').length,
      ]);
      assert.deepEqual(ends, [
        [1, 1],
        [1, 1],
        [1, 1],
        [1, 1],
        [1, 1],
        [1, 1],
      ]);
    });

    it(`whoever ended one is known by the number that it has there (${first})`, () => {
      for (const offset of [0, 1, 3]) {
        const [reset] = at(first + offset, 'send-reset');
        assert.equal(reset?.context, 'process');
        assert.deepEqual(
          [reset.process?.pid, reset.process?.command],
          [seen[world]?.pid, basename(process.execPath)],
        );
      }
      const [killed] = at(first + 5, 'send-reset');
      assert.deepEqual(
        [killed?.context, killed?.process?.pid, killed?.process?.command],
        ['process', seen[world]?.brief, basename(process.execPath)],
      );
      const [refused] = at(first + 2, 'receive-reset');
      assert.ok(seen[world]?.peer.includes(refused?.process?.pid ?? -1), JSON.stringify(refused));
    });

    it(`all that the counters of this one know is told, and no more (${first})`, () => {
      const last = lastOf();
      assert.match(last?.text ?? '', /told: (\d+) of \1 RSTs that were sent, (\d+) of \2 connections/);
      assert.equal(last?.lost, 0);
      const limits = seen[world]?.events.flatMap((event) =>
        event.event === 'source' && event.state === 'limited' ? [event.text] : [],
      );
      assert.ok(!limits?.some((text) => /numbers|loopback|same addresses/.test(text)), limits?.join('\n'));
    });
  }
});

describe('a namespace with an address of the node', { skip: await labSkip() }, () => {
  const script = 'ip link set lo up && ip addr add 10.77.9.1/24 dev lo && echo made && read -r line';
  const made = async () => {
    const argv = ['--user', '--map-root-user', '--net', 'sh', '-c', script];
    const child = spawn('unshare', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const proc = `/proc/${child.pid}`;
    return { child, proc, id: Number(namespaceOf(proc)) };
  };

  it('is noticed when it comes, and is remembered for a while when it has gone', async () => {
    const node = await made();
    let now = 0;
    const namespaces = trackNodeNamespaces({
      ...{ node: { name: 'here', proc: node.proc }, machineProc: '/proc' },
      ...{ pods: { find: () => [], expected: new Set<string>() }, monotonic: () => now },
    });
    const isShared = () => namespaces.withAddress('10.77.9.1')?.isShared;
    assert.equal(isShared(), false);
    const other = await made();
    try {
      assert.equal(namespaces.isJoinedBy([[node.id, node.proc]]), false);
      assert.equal(namespaces.isJoinedBy([[other.id, other.proc]]), true);
      assert.equal(isShared(), true);
      namespaces.refresh();
      assert.equal(isShared(), true);
      other.child.kill('SIGKILL');
      await once(other.child, 'close');
      now = 5_000;
      namespaces.refresh();
      assert.equal(isShared(), true);
      now = 16_000;
      namespaces.refresh();
      assert.equal(isShared(), false);
    } finally {
      for (const { child } of [node, other]) child.kill('SIGKILL');
    }
  });
});

describe(
  'a world that comes with the same addresses later',
  { skip: (await labSkip()) || (await tracefsSkip()) },
  () => {
    // One process that has gone by the time that its RSTs are read, and one that stays.
    const program = `
    const { connect, createServer } = require('node:net');
    const server = createServer((socket) => socket.resetAndDestroy()).listen(7300, '10.77.1.1', () => {
      connect({ host: '10.77.1.1', port: 7300, localAddress: '10.77.1.2' }).on('error', () => process.exit());
    });`;
    const script = `
    ip link set lo up && ip addr add 10.77.1.1/24 dev lo && ip addr add 10.77.1.2/24 dev lo || exit 1
    sleep 60 & "$0" -e "$1"; echo reset; read -r line; kill $!`;

    it('is not taken for the first one', async () => {
      const parent = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
      const world = startWorld(join(parent, '7100'), 7100);
      try {
        assert.equal(await world.said(), 'made');
        world.go();
        assert.equal(await world.said(), 'watching');
        const [file, ...words] = sandboxArgv(true);
        const later = spawn(file, [...words, 'sh', '-c', script, process.execPath, program], {
          stdio: ['pipe', 'pipe', 'inherit'],
        });
        const isOver = once(later, 'close');
        const [said] = (await once(later.stdout, 'data')) as [Buffer];
        assert.equal(String(said), 'reset\n');
        world.go();
        assert.equal(await world.said(), 'done');
        world.go();
        const { events } = JSON.parse(await world.said()) as Seen;
        later.stdin.end('\n');
        await isOver;
        const kernel = events.filter((event) => event.event === 'kernel');
        const isOf = (port: number) => (event: KernelEvent) =>
          [event.tuple?.sport, event.tuple?.dport].includes(port);
        assert.deepEqual(kernel.filter(isOf(7300)), []);
        assert.ok(kernel.some(isOf(7100)));
      } finally {
        world.child.kill('SIGKILL');
        await rm(parent, { recursive: true, force: true });
      }
    });
  },
);
