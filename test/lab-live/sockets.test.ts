// `netdebug observe --sockets` in a private world: whose connections are, of another user and in a pod, and how they end.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import type { SocketEvent } from '../../src/observe/sockets/connection-event.ts';
import { run } from '../../src/system/process.ts';
import { labSkip } from './netdebug.ts';
import { limitsOf, readEvents } from './observed-world.ts';

const inside = resolve(import.meta.dirname, 'sockets-inside.ts');
// Another user's processes are not to be had in an ordinary user's private world.
const skip = (await labSkip()) || (process.getuid?.() !== 0 && 'needs root');

interface Ended {
  readonly exitCode: number;
  readonly stderr: string;
  /** Network namespaces that were listened in. */
  readonly before: number;
}

interface World {
  readonly observers: Readonly<Record<string, Ended>>;
  readonly serverPid: number;
  /** How many `ss` ran when all was over. */
  readonly left: number;
}

const isSocket = (event: NodeEvent): event is SocketEvent => event.event === 'socket';
const socketsOf = (events: readonly NodeEvent[], change: SocketEvent['change']) =>
  events.filter(isSocket).filter((event) => event.change === change);

describe('observing sockets', { skip }, () => {
  let parent = '';
  let world: World;
  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
    const words = [...sandboxArgv(true), process.execPath, inside, parent];
    const { exitCode, stdout, stderr } = await run(words, { timeoutMs: 120_000 });
    assert.equal(exitCode, 0, stderr);
    world = JSON.parse(stdout) as World;
  });
  after(() => rm(parent, { recursive: true, force: true }));

  async function observedBy(name: string) {
    const ended = world.observers[name];
    assert.ok(ended !== undefined);
    assert.equal(ended.exitCode, 0, ended.stderr);
    const folder = join(parent, name);
    return { folder, ended, events: await readEvents(folder) };
  }

  it('leaves no program behind', () => {
    assert.equal(world.left, 0, 'no ss is left');
  });

  it('tells whose they are and what was left at their end, over IPv4 and IPv6, in the node and in a pod', async () => {
    const { folder, ended, events } = await observedBy('all');
    const seen = socketsOf(events, 'seen');
    const find = (all: readonly SocketEvent[], src: string, sport: number) =>
      all.find(({ tuple }) => tuple.src === src && tuple.sport === sport) ??
      assert.fail(`no ${src}:${sport}`);
    const v4 = find(seen, '10.9.0.1', 7000);
    assert.deepEqual(v4.process, { pid: world.serverPid, command: 'node', container: null, pod: null });
    assert.deepEqual([v4.scope, v4.state, v4.unread, v4.tuple.dst], ['here', 'ESTABLISHED', 100, '10.9.0.1']);
    const inPod = find(seen, '10.44.0.10', 8080);
    assert.deepEqual([inPod.scope, inPod.unread, inPod.process?.command], ['10.44.0.10', 7, 'node']);

    const ends = socketsOf(events, 'destroyed');
    const endOf = (live: SocketEvent) =>
      ends.find(({ cookie }) => cookie === live.cookie) ?? assert.fail(`no end of ${live.text}`);
    for (const live of [v4, inPod]) {
      const end = endOf(live);
      assert.deepEqual([end.unread, end.scope, end.process], [live.unread, live.scope, live.process]);
      assert.deepEqual(end.tuple, live.tuple);
      assert.equal(end.bytesReceived, live.bytesReceived);
    }
    // Destroyed by ss -K; the other end of it had a RST.
    const v6 = find(seen, 'fd09::1', 7000);
    assert.equal(endOf(v6).unread, 60);
    assert.equal(endOf(v6).process?.pid, world.serverPid);
    // Closed with SO_LINGER 0: the line has no peer, the cookie tells which it was.
    const reset = find(seen, '10.9.0.1', 7001);
    const emptied = endOf(reset);
    assert.deepEqual([emptied.tuple.dport, emptied.unread, emptied.process], [0, null, reset.process]);

    assert.equal(ended.before, 2, 'the node and the pod are listened in');
    const names = events.flatMap((event) =>
      event.event === 'name' ? [`${event.address} ${event.name}`] : [],
    );
    assert.ok(names.includes('10.9.0.1 here') && names.includes('fd09::1 here'), names.join());
    // Not a word of arguments and environments.
    for (const file of ['events.ndjson', 'sockets.log', 'names.log'])
      assert.doesNotMatch(await readFile(join(folder, 'evidence/here', file), 'utf8'), /hunter2/);
    assert.deepEqual(limitsOf(events, 'sockets'), []);
  });

  it('says in a sentence that it may not enter pods, nor see whose sockets are', async () => {
    const { events, ended } = await observedBy('without-rights');
    assert.equal(ended.before, 1);
    const [said = '', ...more] = limitsOf(events, 'sockets');
    assert.deepEqual(more, []);
    assert.match(
      said,
      /the sockets of pods cannot be seen: .* takes CAP_SYS_ADMIN and CAP_SYS_PTRACE; whose /,
    );
    const seen = socketsOf(events, 'seen');
    assert.ok(seen.length > 0);
    assert.deepEqual(
      seen.filter(({ process, scope }) => process !== null || scope !== 'here'),
      [],
    );
  });

  it('says in a sentence that it takes hostPID', async () => {
    const { events } = await observedBy('own-pids');
    const [said = '', ...more] = limitsOf(events, 'sockets');
    assert.deepEqual(more, []);
    assert.match(said, /^pods cannot be seen: .*hostPID: true; whose the sockets are cannot be seen: /);
    assert.ok(socketsOf(events, 'destroyed').some(({ unread }) => unread === 100));
    // Nor its own ones, whose numbers are not the node's.
    assert.ok(events.filter(isSocket).every(({ process }) => process === null));
  });
});
