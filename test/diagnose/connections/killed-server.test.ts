// A server whose process is killed says goodbye in order, by its kernel: what its clients ask later is lost, though nobody closed on them
// with a RST. One of whom nothing shows that it was killed had done what it wanted.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../../src/causes/index.ts';
import { diagnoseWire } from '../../../src/diagnose/diagnose.ts';
import { facts } from '../../../src/diagnose/facts/index.ts';
import { lostByNodes } from '../../../src/diagnose/connections/lost-by-nodes.ts';
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import {
  atClient,
  atListener,
  atServer,
  byServer,
  endOfSocket,
  exits,
  isKilled,
  kernel,
  known,
  told,
} from '../kernel-events.ts';
import { answered, arrives, asked, counters, leaves, packet, ran, storyOf, talk } from '../made-by-hand.ts';
import { at, server } from '../story-events.ts';

/** When the server went, and when the client asked. */
const [gone, later] = [2.2, 5];

/** The server's end is closed, and the client's kernel hears of it. */
const goodbye: readonly NodeEvent[] = [
  told(gone, 'set-state', atServer, { ...byServer, state: 'ESTABLISHED', newState: 'FIN_WAIT1' }),
  told(gone + 0.0001, 'set-state', atClient, { state: 'ESTABLISHED', newState: 'CLOSE_WAIT' }),
];
const killed = [isKilled(9, gone - 0.001), exits(gone - 0.0005)];

const metTimeWait = (seconds = later) =>
  told(seconds, 'send-reset', atServer, {
    ...{ packet: 'ff02', socket: 'ff01', state: 'TIME_WAIT', reason: 'TCP_TIMEWAIT_SOCKET' },
  });
const metNoSocket = (seconds = later) =>
  told(seconds, 'send-reset', atServer, { packet: 'ff02', state: 'UNKNOWN', reason: 'NO_SOCKET' });
const metListener = (seconds = later) =>
  told(seconds, 'send-reset', atListener, {
    ...{ packet: 'ff02', socket: 'ff09', state: 'LISTEN', reason: 'TCP_FLAGS' },
  });

/** As the client's kernel tells of a RST that comes after the goodbye; `state` is null where it tells of no change. */
const isReset = (seconds = later, state: string | null = 'CLOSE_WAIT'): NodeEvent[] => [
  told(seconds + 0.0001, 'receive-reset', atClient, { cookie: 'c1' }),
  ...(state === null ? [] : [told(seconds + 0.00011, 'set-state', atClient, { state, newState: 'CLOSE' })]),
  told(seconds + 0.0002, 'destroy-socket', atClient, { cookie: 'c1' }),
];
/** What its socket knew then, in milliseconds before its end. */
const knew = (lastSentMs: number, lastReceivedMs: number, seconds = later) =>
  ({
    ...{ ...endOfSocket(atClient, 0), at: at(seconds + 0.01), cookie: 'c1', side: 'client' },
    ...{ lastSentMs, lastReceivedMs, lastData: lastSentMs < lastReceivedMs ? 'sent' : 'received' },
  }) as NodeEvent;

const around = [...known, ...kernel, counters('snmp', server, { TcpInSegs: 1 }, [8, 8.5])];
function seen(...events: readonly NodeEvent[]) {
  const reader = createNodeReader(null);
  for (const event of [...around, ...events]) reader.add(event);
  const { lost, benign } = lostByNodes(reader.timeline());
  return [...lost.map(({ failure, phase }) => `${failure} while ${phase ?? '?'}`), benign];
}
const found = (...events: readonly NodeEvent[]) =>
  diagnoseWire([...around, ...events], causeModels).map(({ cause, author, certainty }) => [
    ...[cause, author, certainty?.author],
  ]);
const theProcess = [['server-process-died', 'server-process-died', 'proven']];

describe("a client that asks after its server's process was killed", () => {
  it('has lost that by the death of the process, whatever its kernel has left of the socket', () => {
    const asks = [...killed, ...goodbye, ...isReset(), knew(1, 2_990)];
    for (const answer of [metTimeWait(), metNoSocket(), metListener()]) {
      assert.deepEqual(seen(...asks, answer), ['closed while awaiting', 0]);
      assert.deepEqual(found(...asks, answer), theProcess, answer.reason ?? '');
    }
  });

  it('is known to have asked, without a word of its socket, where the rest of the socket answered data', () => {
    assert.deepEqual(found(...killed, ...goodbye, metTimeWait(), ...isReset()), theProcess);
  });

  it('has lost nothing where it only closed: what was answered with the RST was its FIN', () => {
    const closes = [...killed, ...goodbye, metNoSocket(), knew(2_900, 2_899)];
    assert.deepEqual(seen(...closes, ...isReset(later, null)), [0]);
    assert.deepEqual(seen(...closes, ...isReset(later, 'LAST_ACK')), [0]);
    assert.deepEqual(seen(...killed, ...goodbye), [0]);
  });

  it('has lost nothing where only its keep-alive met no socket', () => {
    assert.deepEqual(seen(...killed, ...goodbye, metNoSocket(), ...isReset(), knew(2_900, 2_899)), [0]);
    assert.deepEqual(seen(...killed, ...goodbye, metNoSocket(), ...isReset()), [0]);
  });

  it('has lost nothing where it only said goodbye in its turn, as TLS does', () => {
    const soon = gone + 0.03;
    const says = [...killed, ...goodbye, metTimeWait(soon), ...isReset(soon), knew(0, 230, soon)];
    assert.deepEqual(seen(...says), [0]);
  });

  it('asked in vain of one that had closed, where no kernel tells that it was killed', () => {
    const asks = [...goodbye, ...isReset(), knew(1, 2_990), metTimeWait()];
    assert.deepEqual(seen(...asks), [0]);
    // Asked to end, it did what it chose to do.
    assert.deepEqual(seen(...asks, isKilled(15, gone - 0.001), exits(gone - 0.0005)), [0]);
    // Another process, or another time.
    const other = { pid: 4_712, command: 'redis-server', container: null, pod: null };
    assert.deepEqual(seen(...asks, { ...isKilled(9, gone - 0.001), target: other }), [0]);
    assert.deepEqual(seen(...asks, isKilled(9, gone + 1)), [0]);
  });

  it('asked in vain of another connection than the one that the killed process had', () => {
    const others = goodbye.map((event) =>
      event.event === 'kernel' && event.tuple?.src === server
        ? { ...event, tuple: { ...event.tuple, dport: 40_777 } }
        : event,
    );
    assert.deepEqual(seen(...killed, ...others, ...isReset(), knew(1, 2_990)), [0]);
  });
});

describe('the same on the wire, where the kernel of the server tells that its process was killed', () => {
  const fin = { seq: 534, ack: 35 };
  const ends = [
    packet(gone, ['cali-server', 'in'], leaves, 'F.', fin),
    packet(gone + 1e-5, ['cali-client', 'out'], answered, 'F.', { ...fin, ttl: 63 }),
  ];
  const asks = (seconds: number) => {
    const data = { seq: 35, ack: 535, payloadLength: 17, ipLength: 69 };
    return [
      packet(seconds, ['cali-client', 'in'], asked, 'P.', data),
      packet(seconds + 1e-5, ['cali-server', 'out'], arrives, 'P.', { ...data, ttl: 63 }),
    ];
  };
  const rst = (seconds: number) => [
    packet(seconds, ['cali-server', 'in'], leaves, 'R', { seq: 535 }),
    packet(seconds + 1e-5, ['cali-client', 'out'], answered, 'R', { seq: 535, ttl: 63 }),
  ];
  const [atItsEnd] = goodbye;
  const wire = (seconds = later) => [
    ...[...ran('capture'), counters('snmp', server, { TcpOutRsts: 1 }, [seconds - 0.1, seconds + 0.1])],
    ...[...talk(), ...ends, ...asks(seconds), ...rst(seconds + 0.001)],
  ];

  it('the question is lost', () => {
    assert.deepEqual(seen(...wire(), ...killed, atItsEnd!), ['closed while awaiting', 0]);
    assert.deepEqual(found(...wire(), ...killed, atItsEnd!, metTimeWait(later + 0.001)), theProcess);
    const crossed = facts['closed before the question'](
      storyOf([...around, ...wire(), ...killed, atItsEnd!]),
    );
    assert.equal(
      crossed.seen === 'yes' && crossed.evidence.at(-1)?.text,
      'the server had closed when the client asked, which knew of that',
    );
    // With the word of both ends it is one.
    const both = [...wire(), ...killed, ...goodbye, metTimeWait(later + 0.001), ...isReset(later + 0.001)];
    assert.deepEqual(seen(...both, knew(1, 2_990)), ['closed while awaiting', 0]);
    assert.deepEqual(found(...both, knew(1, 2_990)), theProcess);
  });

  it('it is not where nobody was killed, nor what is a goodbye itself, nor a client that closes', () => {
    assert.deepEqual(seen(...wire(), atItsEnd!), [1]);
    assert.deepEqual(seen(...wire(gone + 0.03), ...killed, atItsEnd!), [1]);
    const closes = packet(later - 1e-4, ['cali-client', 'in'], asked, 'F.', { seq: 35, ack: 535 });
    assert.deepEqual(seen(...wire(), closes, ...killed, atItsEnd!), [1]);
  });
});
