// What is said of a lost connection, when, and when it is corrected.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMicros } from '../../../src/model/clock.ts';
import type { KernelEvent } from '../../../src/model/kernel-event.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { counters, source } from '../../diagnose/made-by-hand.ts';
import { at, client, server } from '../../diagnose/story-events.ts';
import { inOrder, resetConnection, started } from './made-losses.ts';
import { recordedEvents, replay } from './replay.ts';

const base = (seconds: number, name: string) => ({
  ...{
    at: at(seconds),
    node: 'node-1',
    source: name,
    text: `${name} said`,
    file: `evidence/node-1/${name}.log`,
  },
});
const there = { src: client, sport: 5_000, dst: server, dport: 80 };
const here = { src: server, sport: 80, dst: client, dport: 5_000 };

const kernel = (
  seconds: number,
  tracepoint: KernelEvent['tracepoint'],
  more: Partial<KernelEvent>,
): KernelEvent => ({
  ...base(seconds, 'kernel'),
  ...{ event: 'kernel', tracepoint, context: 'interrupt', process: null, cookie: null, socket: null },
  ...{
    packet: null,
    tuple: there,
    state: null,
    newState: null,
    reason: null,
    number: null,
    stack: [],
    ...more,
  },
});

const named = (address: string, kind: 'pod' | 'service', name: string): NodeEvent => ({
  ...base(1, 'names'),
  ...{ event: 'name', address, port: null, kind, name },
});

const owned = (tuple: typeof there, command: string, pid: number): NodeEvent => ({
  ...base(2, 'sockets'),
  ...{
    event: 'socket',
    change: 'seen',
    scope: tuple.src,
    cookie: String(pid),
    tuple,
    state: 'ESTAB',
    cgroup: null,
  },
  process: { pid, command, container: null, pod: null },
  ...{ unread: 0, unsent: 0, lastSentMs: null, lastReceivedMs: null, bytesSent: null, bytesReceived: null },
  ...{ retransmissions: 0, timer: null },
});

describe('a connection that is reset', () => {
  it('is told within a second, with who is at its ends and what was unanswered', () => {
    const events = inOrder([
      ...started(),
      ...[named(client, 'pod', 'shop/checkout'), named(server, 'pod', 'shop/redis-0')],
      ...[owned(there, 'checkout', 12), owned(here, 'redis-server', 4_711)],
      ...resetConnection(10, 0),
    ]);
    const { lines, losses } = replay(events);
    const [first] = lines;
    assert.ok(first !== undefined);
    assert.ok(first.saidAt - parseMicros(first.line.at) <= 1_000_000);
    assert.equal(lines.filter(({ line }) => line.revision === 1).length, 1);
    const { ends, ended, unanswered, idleMs } = first.line;
    assert.deepEqual([ended, unanswered, idleMs], ['reset', 1, 290]);
    assert.equal(ends.client?.pod, 'shop/checkout');
    assert.equal(ends.client.process?.command, 'checkout');
    assert.equal(ends.server.pod, 'shop/redis-0');
    assert.deepEqual([ends.server.process?.command, ends.server.process?.pid], ['redis-server', 4_711]);
    assert.deepEqual(losses.watched(), {
      ...{ connections: 1, processes: 2, lost: 1 },
      lastLostAt: parseMicros(first.line.at),
    });
  });

  it('left every question unanswered that was asked after the last answer, each once on both its legs', () => {
    const packets = resetConnection(10, 0);
    const asked = packets.slice(4, 6);
    const more = [1, 2].flatMap((later) =>
      asked.map((event) => ({ ...event, at: at(9.999 + later / 1e4), seq: event.seq + 9 * later })),
    );
    const { last } = replay(inOrder([...started(), ...packets, ...more]));
    assert.equal(last[0]?.unanswered, 3);
  });

  it('is the same one in all that is said of it, and said again only where who, why or how sure is another', () => {
    const { lines } = replay(recordedEvents('cases', 'foreign-reject', 'node.ndjson.gz'));
    const byId = Map.groupBy(lines, ({ line }) => line.id);
    assert.equal(byId.size, 39);
    assert.ok(
      [...byId.values()].some(({ length }) => length > 1),
      'nothing was corrected',
    );
    for (const said of byId.values()) {
      assert.deepEqual(
        said.map(({ line }) => line.revision),
        said.map((_, index) => index + 1),
      );
      const words = said.map(({ line: { author, cause, ended } }) =>
        [author.id, author.certainty, cause.id, cause.certainty, ended].join(' '),
      );
      words.slice(1).forEach((word, index) => assert.notEqual(word, words[index]));
    }
  });

  it('is told within a second of its end in every recorded world, where it ended with a RST', () => {
    for (const name of ['foreign-conflict', 'local-server-unread']) {
      const { lines } = replay(recordedEvents('cases', name, 'node.ndjson.gz'));
      const first = lines.filter(({ line }) => line.revision === 1);
      assert.ok(first.length > 0);
      for (const { line, saidAt } of first) assert.ok(saidAt - parseMicros(line.at) <= 1_000_000, line.at);
    }
  });

  it('has one trigger with those that were lost with it, and another one with those of later', () => {
    const { last } = replay(
      recordedEvents('runs', 'gke-intranode-policy', 'evidence', 'node-1', 'events.ndjson.gz'),
    );
    const episodes = Map.groupBy(last, ({ episode }) => episode);
    assert.ok(!episodes.has(null));
    assert.ok(episodes.size < last.length);
  });
});

describe('a connection of which the kernel alone tells', () => {
  const whose = [source('kernel-events', 'started'), owned(there, 'checkout', 12)];
  const reset = (seconds: number, state: string) => [
    kernel(seconds, 'receive-reset', { cookie: '1' }),
    kernel(seconds + 0.00001, 'set-state', { state, newState: 'CLOSE' }),
  ];

  it('is lost where a socket reports it, and open as far as nothing else tells of it', () => {
    const { last, losses, now } = replay([
      ...whose,
      ...reset(10, 'ESTABLISHED'),
      kernel(10.00002, 'socket-error', { number: 104, state: 'ESTABLISHED' }),
    ]);
    assert.deepEqual(
      last.map(({ ended, cause, ends }) => [
        ended,
        cause.id,
        cause.certainty,
        ends.client?.port,
        ends.server.port,
      ]),
      [['reset', 'unknown', 'open', 5_000, 80]],
    );
    // It was looked at, and not only counted.
    assert.equal(losses.summary(now).onlyCounted, 0);
  });

  it('has been idle, and has a question unanswered, by what its socket knew when it ended', () => {
    const ended: NodeEvent = {
      ...owned(there, 'checkout', 1),
      ...{ at: at(10.001), change: 'destroyed', cookie: '1', lastSentMs: 2_000, lastReceivedMs: 5_000 },
    } as NodeEvent;
    const { last } = replay([...whose, ...reset(10, 'ESTABLISHED'), ended]);
    assert.deepEqual(
      last.map(({ idleMs, unanswered }) => [idleMs, unanswered]),
      [[1_999, 1]],
    );
  });

  it('is no loss where an orphan met data, or a socket of which the peer had taken leave', () => {
    const orphan = [
      ...reset(10, 'FIN_WAIT1'),
      kernel(10.00003, 'send-reset', { state: 'CLOSE', reason: 'TCP_ABORT_ON_DATA', packet: 'p' }),
    ];
    assert.deepEqual(replay([...whose, ...orphan]).last, []);
    const afterFin = [
      kernel(9, 'set-state', { state: 'ESTABLISHED', newState: 'CLOSE_WAIT' }),
      ...reset(10, 'CLOSE_WAIT'),
      kernel(10.00002, 'socket-error', { number: 32, state: 'CLOSE_WAIT' }),
    ];
    assert.deepEqual(replay([...whose, ...afterFin]).last, []);
  });

  it('is one, whatever two witnesses say of its beginning and its end', () => {
    const entry = (seconds: number, change: 'new' | 'destroy'): NodeEvent => ({
      ...base(seconds, 'conntrack-events'),
      ...{ event: 'conntrack', change, protocol: 'tcp', state: 'SYN_SENT', id: '1' },
      ...{ original: there, reply: here, deletedByProgram: false, portid: null },
    });
    // The capture comes late, and the entry's line was printed late.
    const late = resetConnection(20, 0).map((event) => ({ ...event, text: `${event.text} ` }));
    const opening = late
      .slice(0, 2)
      .map((event) => ({ ...event, at: at(19.6), flags: 'S', seq: event.seq - 1, payloadLength: 0 }));
    const { last } = replay([
      ...[source('kernel-events', 'started'), source('conntrack-events', 'started'), entry(19.64, 'new')],
      ...reset(20.00001, 'ESTABLISHED'),
      entry(25, 'destroy'),
      ...[source('capture', 'started'), ...opening, ...late],
    ]);
    assert.equal(last.length, 1);
  });
});

describe('a loss of which later evidence shows that it was none', () => {
  it('is taken back, and counted no more', () => {
    // The client's RST alone looks as if something had been missing; its last answer is told late, as of a capture that hands over late.
    const [asked, late] = [resetConnection(10, 0).slice(0, 2), resetConnection(10, 0).slice(2, 4)];
    const reset = asked.map((event) => ({
      ...event,
      at: at(10.4),
      flags: 'R.',
      payloadLength: 0,
      seq: event.seq + 9,
    }));
    const pause = counters('snmp', server, { TcpInSegs: 1 }, [10.5, 11.5]);
    const { lines, losses, now } = replay([...started(), ...asked, ...reset, pause, ...late]);
    assert.deepEqual(
      lines.map(({ line: { ended, revision, id } }) => [ended, revision, id === lines[0]?.line.id]),
      [
        ['reset', 1, true],
        ['benign', 2, true],
      ],
    );
    const { lost, byCause, benign } = losses.summary(now);
    assert.deepEqual([lost, byCause, benign], [0, [], 1]);
    assert.equal(losses.watched().lost, 0);
  });
});

describe('what is asked for', () => {
  const service = '10.96.0.10';
  const entry: NodeEvent = {
    ...base(9, 'conntrack-events'),
    ...{ event: 'conntrack', change: 'new', protocol: 'tcp', state: 'SYN_SENT', id: '1' },
    original: { ...there, dst: service, dport: 6_379 },
    reply: here,
    ...{ deletedByProgram: false, portid: null },
  };
  const events = inOrder([
    ...started(),
    ...[named(server, 'pod', 'shop/redis-0'), owned(here, 'redis-server', 4_711), entry],
    ...resetConnection(10, 0),
    ...resetConnection(10.2, 1),
  ]);
  const portsOf = (wanted: Parameters<typeof replay>[1]) =>
    replay(events, wanted).last.map(({ ends }) => ends.client?.port);

  it('is told by any port of any leg, be it the Service’s or the server’s own', () => {
    assert.deepEqual(portsOf({ wanted: { ports: [80] } }), [5_000, 5_001]);
    assert.deepEqual(portsOf({ wanted: { ports: [6_379] } }), [5_000]);
    assert.deepEqual(portsOf({ wanted: { ports: [443] } }), []);
    assert.deepEqual(portsOf({ wanted: { ports: [443, 5_001] } }), [5_001]);
  });

  it('is told by address, by pod and by the program that has the socket', () => {
    assert.deepEqual(portsOf({ wanted: { addresses: [service] } }), [5_000]);
    assert.deepEqual(portsOf({ wanted: { pods: ['shop/redis-0'] } }), [5_000, 5_001]);
    assert.deepEqual(portsOf({ wanted: { pods: ['shop/other'] } }), []);
    assert.deepEqual(portsOf({ wanted: { processes: ['redis-server'] } }), [5_000]);
    assert.deepEqual(portsOf({ wanted: { ports: [80], processes: ['redis-server'] } }), [5_000]);
  });
});
