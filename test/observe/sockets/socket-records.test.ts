import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LineEvent } from '../../../src/model/node-event.ts';
import type { PodNames } from '../../../src/observe/names/pod-names.ts';
import { createEndBudget } from '../../../src/observe/sockets/end-budget.ts';
import type { SocketEvent } from '../../../src/observe/sockets/connection-event.ts';
import { createSocketRecords } from '../../../src/observe/sockets/socket-records.ts';
import { createSocketTable } from '../../../src/observe/sockets/socket-table.ts';
import { parseSsLine } from '../../../src/system/tools/ss.ts';

const names: PodNames = {
  of: () => ({ pod: null, container: null }),
  learn: () => undefined,
  blindness: () => null,
};
const at = '2026-11-28T08:00:00.000000Z';
const info = 'cwnd:10 bytes_sent:5 bytes_received:9 segs_in:2 data_segs_out:1 data_segs_in:1';

const inodeOf = (cookie: string) => cookie.charCodeAt(0);
/** A line of a list, and of an end. */
const live = (cookie: string, more = '', inode: number = inodeOf(cookie)) =>
  `ESTAB 0 0 10.9.0.1:7000 10.9.0.2:5000 ino:${inode} sk:${cookie} <-> ${info}${more}`;
const dead = (cookie: string, unread = 0, more = '') =>
  `UNCONN ${unread} 0 10.9.0.1:7000 10.9.0.2:5000 ino:0 sk:${cookie} ${info}${more}`;

/** Owners by inode, which a test may change; each walk through the descriptors is counted. */
function newRecords({ perSecond = 0, burst = 0, unanswered = 0 } = {}) {
  let now = 0;
  const told: { event: LineEvent<SocketEvent> | undefined; text: string }[] = [];
  const owners = new Map<number, string[]>();
  let walks = 0;
  const records = createSocketRecords({
    ...{ podNames: names, monotonic: () => now, now: () => at },
    budgets: {
      orderly: createEndBudget(() => now, { perSecond, burst }),
      unanswered: createEndBudget(() => now, { perSecond: 0, burst: unanswered }),
    },
    tell(event, text) {
      if (event?.event !== 'lost-after-silence') told.push({ event, text });
    },
    findOwners: () => {
      walks += 1;
      return Promise.resolve({ pids: owners, refused: 0, leftOut: false });
    },
    identify: (pid) => ({
      command: `p${pid}`,
      cgroup: { path: `/c${pid}`, podUid: null, containerId: null },
    }),
  });
  const list = (...lines: string[]) =>
    records.seen([
      {
        scope: 'node',
        read: (onLine) => {
          for (const line of lines) onLine(line);
          return Promise.resolve();
        },
      },
    ]);
  const end = (line: string) => records.ended(at, 'node', parseSsLine(line) ?? assert.fail(line), line);
  const take = () => told.splice(0).map(({ event }) => event);
  return { records, owners, list, end, take, told, walks: () => walks, pass: (ms: number) => (now += ms) };
}

describe('what is told of sockets', () => {
  it('is each one once, and again when its owner changes; nobody looks for owners of what was there', async () => {
    const world = newRecords();
    world.owners.set(inodeOf('a'), ['7']);
    await world.list(live('a'));
    const [first] = world.take();
    assert.deepEqual(first?.process, { pid: 7, command: 'p7', container: null, pod: null });
    assert.deepEqual([first.change, first.scope, first.cookie, first.cgroup], ['seen', 'node', 'a', '/c7']);
    await world.list(live('a'));
    assert.deepEqual([world.take(), world.walks()], [[], 1]);
    // A new one has all looked for: the first was handed on, as the next list finds.
    world.owners.set(inodeOf('a'), ['8']);
    await world.list(live('a'), live('b'));
    assert.deepEqual(
      world.take().map((event) => [event?.cookie, event?.process?.pid]),
      [['b', undefined]],
    );
    await world.list(live('a'), live('b'));
    assert.deepEqual(
      world.take().map((event) => [event?.cookie, event?.process?.pid]),
      [['a', 8]],
    );
  });

  it('is one that begins to wait for its peer, and one that sent again', async () => {
    const world = newRecords();
    const sending = (ms: number) =>
      live('a', ` lastsnd:${ms}`)
        .replace('ESTAB 0 0', 'ESTAB 0 70')
        .replace('ino:', 'timer:(on,200ms,3) ino:');
    await world.list(sending(3), live('b'));
    world.take();
    // Who sends all the time is no news.
    await world.list(sending(5), live('b'));
    assert.deepEqual(world.take(), []);
    await world.list(sending(4_000), live('b', ' retrans:0/2'));
    assert.deepEqual(
      world.take().map((event) => [event?.cookie, event?.timer, event?.lastSentMs, event?.retransmissions]),
      [
        ['a', 'on', 4_000, 0],
        ['b', null, 0, 2],
      ],
    );
    await world.list(sending(9_000), live('b', ' retrans:0/2'));
    assert.deepEqual(world.take(), []);
  });

  it('is at its end whose it was, though nothing in the line says so, and minutes after it left the list', async () => {
    const world = newRecords();
    world.owners.set(inodeOf('a'), ['7']);
    await world.list(live('a'));
    world.take();
    world.pass(600_000);
    world.end(dead('a', 3));
    const [event] = world.take();
    assert.deepEqual(
      [event?.change, event?.unread, event?.process?.pid, event?.state],
      ['destroyed', 3, 7, null],
    );
  });

  it('stays whose it was when its program has let go of it', async () => {
    const world = newRecords();
    world.owners.set(inodeOf('a'), ['7']);
    await world.list(live('a'));
    world.owners.clear();
    await world.list(live('a', ' retrans:0/1', 0).replace('ESTAB', 'FIN-WAIT-1'), live('b'));
    assert.equal(world.take().at(1)?.process?.pid, 7);
  });

  it("is a connection's owner once it is accepted", async () => {
    const world = newRecords();
    await world.list(live('a', '', 0));
    assert.equal(world.take()[0]?.process, null);
    world.owners.set(inodeOf('a'), ['7']);
    await world.list(live('a'));
    assert.equal(world.take()[0]?.process?.pid, 7);
  });

  it('is of ends that no list foretold those that left something; orderly ones within a budget, the rest is kept raw', () => {
    const world = newRecords({ perSecond: 1, burst: 1 });
    world.end(dead('a'));
    world.end(dead('b'));
    world.end(dead('c', 5));
    world.end(dead('d', 0, ' retrans:0/1'));
    assert.equal(world.told.length, 4);
    assert.deepEqual(
      world.take().map((event) => event?.cookie),
      ['a', undefined, 'c', 'd'],
    );
    world.pass(1_000);
    world.end(dead('e'));
    assert.equal(world.take()[0]?.cookie, 'e');
    assert.match(world.records.summary(), /^0 connections seen, 5 ended; 1 short ones/);
  });

  it('is of an accepted connection that no list had whose the listener is', async () => {
    const world = newRecords({ burst: 9 });
    world.owners.set(90, ['7']);
    await world.list('LISTEN 0 9 0.0.0.0:7000 0.0.0.0:* ino:90 sk:f <->');
    assert.deepEqual(world.take(), []);
    world.end(dead('a'));
    world.end(dead('b').replace('10.9.0.1:7000', '10.9.0.1:7001'));
    const [accepted, other] = world.take();
    assert.deepEqual(
      [accepted?.process?.pid, accepted?.ownerBy, accepted?.side, accepted?.cgroup],
      [7, 'listener', 'server', '/c7'],
    );
    assert.deepEqual([other?.process, other?.ownerBy], [null, null]);
    // Nobody looks again for whom that listener belongs to; one of the same port that another has leaves it open.
    await world.list('LISTEN 0 9 0.0.0.0:7000 0.0.0.0:* ino:90 sk:f <->');
    assert.equal(world.walks(), 1);
    world.owners.set(91, ['8']);
    await world.list(
      'LISTEN 0 9 0.0.0.0:7000 0.0.0.0:* ino:90 sk:f <->',
      'LISTEN 0 9 10.9.0.1:7000 0.0.0.0:* ino:91 sk:e <->',
    );
    world.end(dead('c'));
    assert.equal(world.take()[0]?.process, null);
    // One that is gone accepts nothing.
    await world.list('LISTEN 0 9 0.0.0.0:7000 0.0.0.0:* ino:90 sk:f <->');
    world.end(dead('d'));
    assert.equal(world.take()[0]?.process?.pid, 7);
    await world.list();
    world.end(dead('e'));
    assert.equal(world.take()[0]?.process, null);
  });

  it('is, of one that was not found at first, looked for once more, and then no more', async () => {
    const world = newRecords();
    await world.list(live('a'));
    await world.list(live('a'));
    await world.list(live('a'));
    assert.equal(world.walks(), 2);
  });

  it('is of an orderly end that nobody foretold one whose last question was not answered, within a budget of its own', () => {
    const world = newRecords({ unanswered: 1 });
    const asked = ' lastsnd:10 lastrcv:50';
    world.end(dead('a', 0, asked));
    world.end(dead('b', 0, asked));
    world.end(dead('c', 0, ' lastsnd:50 lastrcv:10'));
    assert.deepEqual(
      world.take().map((event) => event?.lastData),
      ['sent', undefined, undefined],
    );
  });

  it('is no listener', () => {
    const world = newRecords({ burst: 9 });
    world.end('UNCONN 0 0 *:7000 *:* ino:0 sk:a rto:1000 mss:536 cwnd:10 lastsnd:39775056');
    assert.deepEqual(world.told, []);
  });
});

describe('the table of sockets', () => {
  const socket = {
    inode: 1,
    owner: { process: null, cgroup: null, by: null },
    side: null,
    retransmissions: 0,
    isWaiting: false,
    wasLookedFor: true,
  };

  it('forgets those that were not seen for long, and the oldest of too many', () => {
    let now = 0;
    const table = createSocketTable(() => now, { keepMs: 100, most: 2 });
    table.put('a', socket);
    now = 60;
    table.put('b', socket);
    table.put('c', socket);
    assert.deepEqual([table.of('a'), table.size], [undefined, 2]);
    now = 200;
    table.put('d', socket);
    assert.deepEqual([table.of('b'), table.of('c'), table.size], [undefined, undefined, 1]);
  });

  it('keeps one for a while after its end', () => {
    let now = 0;
    const table = createSocketTable(() => now, { keepMs: 100 });
    table.put('a', socket);
    now = 90;
    table.ended('a');
    now = 180;
    table.put('b', socket);
    assert.equal(table.of('a'), socket);
  });
});
