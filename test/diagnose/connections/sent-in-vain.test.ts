// What was sent again and again without an answer: which connections that shows to be lost, each as small as it can be.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatMicros } from '../../../src/model/clock.ts';
import type { KernelEvent } from '../../../src/model/kernel-event.ts';
import type { PacketEvent } from '../../../src/model/node-event.ts';
import { byClient, told } from '../kernel-events.ts';
import { packet, source } from '../made-by-hand.ts';
import { at } from '../story-events.ts';
import { answers, asks, here, opened, seen, there, toServer, tupleOf } from './on-the-wire.ts';

describe('a connection of which something is sent again', () => {
  it('is lost when its client sends again until it gives up', () => {
    const again = [2.2, 2.6, 3.4].map((seconds) => asks(seconds, 2, { retransmission: true }));
    assert.deepEqual(seen([...opened(), asks(2), ...again, toServer(5, 'F.', { seq: 11 })]).lost, [
      'timeout while awaiting',
    ]);
    const attempts = [1, 2, 4].map((seconds) => toServer(seconds, 'S', { seq: 1 }));
    assert.deepEqual(seen(attempts, 60).lost, ['timeout while connecting']);
  });

  it('is stalled, when what was sent again is unanswered at the end of the capture', () => {
    const again = [2.2, 2.6, 3.4].map((seconds) => asks(seconds, 2, { retransmission: true }));
    const { lost, stalled } = seen([...opened(), asks(2), ...again], 3.5);
    assert.deepEqual([lost, stalled], [[], 1]);
  });

  it('is not lost when all that was sent again was answered', () => {
    const { lost, stalled, benign } = seen([
      ...opened(),
      asks(2),
      asks(2.2, 2, { retransmission: true }),
      ...[answers(2.3, 501, { ack: 11 })],
    ]);
    assert.deepEqual([lost, stalled, benign], [[], 0, 0]);
  });
});

/** The client's own interface, and the server's, of a way on which packets vanish. */
const [fromPod, toPod] = [
  (seconds: number, flags: string, more: Partial<PacketEvent> = {}) =>
    packet(seconds, ['cali-client', 'in'], tupleOf(here, there), flags, { ttl: 64, ...more }),
  (seconds: number, flags: string, more: Partial<PacketEvent> = {}) =>
    packet(seconds, ['cali-client', 'out'], tupleOf(there, here), flags, { ttl: 61, ...more }),
];
const [beforeServer, ofServer] = [
  (seconds: number, flags: string, more: Partial<PacketEvent> = {}) =>
    packet(seconds, ['cali-server', 'out'], tupleOf(here, there), flags, { ttl: 61, ...more }),
  (seconds: number, flags: string, more: Partial<PacketEvent> = {}) =>
    packet(seconds, ['cali-server', 'in'], tupleOf(there, here), flags, { ttl: 64, ...more }),
];
const made = [
  fromPod(1, 'S', { seq: 1 }),
  toPod(1.001, 'S.', { seq: 500, ack: 2 }),
  fromPod(1.002, '.', { seq: 2, ack: 501 }),
];
const ask = { seq: 2, ack: 501, payloadLength: 9 };
const said = { seq: 501, ack: 11, payloadLength: 9 };
const asksAgain = [2.2, 2.6].map((seconds) => fromPod(seconds, 'P.', { ...ask, retransmission: true }));

describe('a connection that its own kernel gave up without a word is lost', () => {
  const events = [...made, fromPod(2, 'P.', ask), ...asksAgain];

  it('when the next repetition was due well before the end of the capture, and did not come', () => {
    assert.deepEqual(seen(events, 5).lost, ['timeout while awaiting']);
  });

  it('and not when it may still come', () => {
    const { lost, stalled } = seen(events, 3.7);
    assert.deepEqual([lost, stalled], [[], 0]);
  });

  it('when the capture lost fewer packets than did not come, and not when it lost as many', () => {
    assert.deepEqual(seen(events, 9, 1).lost, ['timeout while awaiting']);
    const { lost, stalled } = seen(events, 9, 2);
    assert.deepEqual([lost, stalled], [[], 1]);
  });

  it('and not when the observer would not have kept what the other side said before the next was due', () => {
    const late = [2.2, 2.6, 3.4, 5, 8.2].map((seconds) =>
      fromPod(seconds, 'P.', { ...ask, retransmission: true }),
    );
    const long = [...made, fromPod(2, 'P.', ask), ...late];
    assert.deepEqual(seen(long, 60).lost, ['timeout while awaiting']);
    const { lost, stalled } = seen([source('capture', 'started'), ...long], 60);
    assert.deepEqual([lost, stalled], [[], 1]);
  });

  it('and not when the capture left something out that nobody counted', () => {
    assert.deepEqual(seen([source('capture', 'limited'), ...events], 9).lost, []);
  });

  it('and not when nothing of the other side passes there: its answers may come another way', () => {
    const oneWay = [fromPod(1, 'S', { seq: 1 }), fromPod(2, 'P.', ask), ...asksAgain];
    assert.deepEqual(seen(oneWay, 9).lost, []);
  });

  it('and not after one repetition, which may be a probe for the tail', () => {
    assert.deepEqual(seen([...made, fromPod(2, 'P.', ask), ...asksAgain.slice(0, 1)], 9).lost, []);
  });

  it('and not when it went on talking', () => {
    const more = fromPod(2.7, '.', { seq: 11, ack: 501 });
    assert.deepEqual(seen([...events, more], 9).lost, []);
  });
});

describe('a client whose process closes while its question is sent again and again', () => {
  const vain = [...made, fromPod(2, 'P.', ask), ...asksAgain, ...later()];
  function later() {
    return [3.4, 5, 8.2].map((seconds) => fromPod(seconds, 'P.', { ...ask, retransmission: true }));
  }
  const closes = (seconds: number, more: Partial<KernelEvent> = {}) =>
    told(seconds, 'set-state', tupleOf(here, there), {
      ...{ ...byClient, state: 'ESTABLISHED', newState: 'FIN_WAIT1' },
      ...more,
    });
  it('waited in vain: its goodbye waits for a place behind the question, and is on no wire', () => {
    const { lost, stalled, all } = seen([...vain, closes(4)], 9);
    assert.deepEqual([lost, stalled], [['timeout while awaiting'], 0]);
    assert.equal(formatMicros(all[0]?.failedAt ?? 0), at(3.4));
  });
  it('is not known to have where nobody tells of that, or it closed as it asked, or its peer’s end did', () => {
    assert.deepEqual(seen(vain, 9).stalled, 1);
    assert.deepEqual(seen([...vain, closes(2.1)], 9).stalled, 1);
    assert.deepEqual(seen([...vain, closes(4, { tuple: tupleOf(there, here) })], 9).stalled, 1);
  });
});

describe('an attempt to connect', () => {
  const late = [
    fromPod(1, 'S', { seq: 1 }),
    beforeServer(1.001, 'S', { seq: 1 }),
    ofServer(1.002, 'S.', { seq: 500, ack: 2 }),
    ofServer(2.02, 'S.', { seq: 500, ack: 2 }),
    toPod(2.021, 'S.', { seq: 500, ack: 2 }),
    fromPod(2.022, 'R', { seq: 2 }),
  ];

  it('was given up when its answer, which was sent again, came too late', () => {
    assert.deepEqual(seen(late).lost, ['timeout while connecting']);
  });

  it('may have been withdrawn when nothing was sent again', () => {
    assert.deepEqual(seen(late.filter((_, index) => index !== 3)).lost, ['reset while connecting']);
  });

  it('was not, when its answer came in another name', () => {
    const other = { src: here.address, sport: here.port, dst: '10.2.0.99', dport: 8_080 };
    const untranslated = [
      ...late.slice(0, -1),
      packet(2.022, ['cali-client', 'in'], other, 'R', { seq: 2 }),
      beforeServer(2.023, 'R', { seq: 2 }),
    ];
    assert.deepEqual(seen(untranslated).lost, ['reset while connecting']);
  });
});

describe('all was well', () => {
  it('until what was sent again without an answer was sent for the first time, by either side', () => {
    const { all } = seen([
      ...made,
      fromPod(2, 'P.', ask),
      beforeServer(2.001, 'P.', ask),
      ofServer(2.002, 'P.', said),
      ofServer(2.21, 'P.', { ...said, retransmission: true }),
      fromPod(2.22, 'P.', { ...ask, retransmission: true }),
      toPod(2.221, 'R', { seq: 501 }),
    ]);
    assert.deepEqual(
      all.map(({ failure, lastGoodAt }) => [failure, formatMicros(lastGoodAt)]),
      [['reset', at(1.001)]],
    );
  });
});

describe('what was answered elsewhere did not reach who asked', () => {
  const unheard = [
    ...made,
    fromPod(2, 'P.', ask),
    beforeServer(2.001, 'P.', ask),
    ofServer(2.002, 'P.', said),
    ...asksAgain,
    beforeServer(2.601, 'P.', { ...ask, retransmission: true }),
    ofServer(2.603, 'P.', { ...said, retransmission: true }),
  ];

  it('when nothing of it passed the place where its own packets begin', () => {
    assert.deepEqual(seen(unheard, 9).lost, ['timeout while awaiting']);
  });

  it('nor in time, when it came to a kernel that had no reader for it any more', () => {
    const late = [toPod(2.604, 'P.', said), fromPod(2.605, 'R', { seq: 11 })];
    assert.deepEqual(seen([...unheard, ...late], 9).lost, ['timeout while awaiting']);
  });

  it('nor in time, when the FIN came with the acknowledgement that it had waited for', () => {
    const late = [
      toPod(2.604, '.', { seq: 510, ack: 11 }),
      fromPod(2.6041, 'F.', { seq: 11, ack: 501 }),
      toPod(2.605, 'P.', said),
      fromPod(2.606, 'R', { seq: 12 }),
    ];
    assert.deepEqual(seen([...unheard, ...late], 9).lost, ['timeout while awaiting']);
  });

  it('but did in the end, when it was taken before the connection was closed', () => {
    const taken = [
      toPod(2.604, 'P.', said),
      fromPod(2.605, '.', { seq: 11, ack: 510 }),
      beforeServer(2.606, '.', { seq: 11, ack: 510 }),
      fromPod(2.607, 'F.', { seq: 11, ack: 510 }),
    ];
    const { lost, stalled } = seen([...unheard, ...taken], 9);
    assert.deepEqual([lost, stalled], [[], 0]);
  });
});

const byTime = (a: PacketEvent, b: PacketEvent) => (a.at < b.at ? -1 : 1);

describe('a client that goes while the server says its answer again', () => {
  const answersAgain = [2.25, 2.65, 3.5].map((seconds) =>
    ofServer(seconds, 'P.', { ...said, retransmission: true }),
  );
  const question = [
    fromPod(2, 'P.', ask),
    beforeServer(2.001, 'P.', ask),
    ofServer(2.002, '.', { seq: 501, ack: 11 }),
    toPod(2.003, '.', { seq: 501, ack: 11 }),
  ];
  const goes = (ack: number) => [
    fromPod(4, 'F.', { seq: 11, ack }),
    beforeServer(4.001, 'F.', { seq: 11, ack }),
  ];
  // The way is whole again, and the client's kernel has no reader for what comes.
  const late = [
    ofServer(5, 'P.', { ...said, retransmission: true }),
    toPod(5.001, 'P.', { ...said, retransmission: true }),
    fromPod(5.002, 'R', { seq: 11 }),
  ];

  it('has waited for it in vain, though its question was acknowledged, whatever comes later', () => {
    const vain = [...made, ...question, ofServer(2.01, 'P.', said), ...answersAgain];
    assert.deepEqual(seen([...vain, ...goes(501)]).lost, ['timeout while awaiting']);
    assert.deepEqual(seen([...vain, ...goes(501), ...late]).lost, ['timeout while awaiting']);
  });

  it('had gone before, where a RST had come to it: with another it answers what is still said', () => {
    const vain = [...made, ...question, ofServer(2.01, 'P.', said), ...answersAgain];
    const { lost } = seen([...vain, toPod(2.02, 'R', { seq: 501 }), ...late].sort(byTime));
    assert.deepEqual(lost, ['reset while idle']);
  });

  it('lacks nothing where it had it, asked nothing, or goes before that was said twice', () => {
    const words = [ofServer(2.01, 'P.', said), ...answersAgain];
    assert.deepEqual(seen([...made, ...question, ...words, ...goes(510)]).lost, []);
    assert.deepEqual(seen([...made, ...words, ...goes(501)]).lost, []);
    assert.deepEqual(seen([...made, ...question, ...words.slice(0, 2), ...goes(501)]).lost, []);
  });
});
