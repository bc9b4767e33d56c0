// Which connections the packets show to be lost, and how: each as small as it can be.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';
import { seenOnTheWire } from '../../../src/diagnose/diagnose.ts';
import { formatMicros } from '../../../src/model/clock.ts';
import { at } from '../story-events.ts';
import type { NodeEvent, PacketEvent, Tuple } from '../../../src/model/node-event.ts';
import { packet, question, serverRst, source, live, talk, asked, leaves } from '../made-by-hand.ts';

function seen(events: readonly NodeEvent[], endsAt = 9, lostPackets = 0) {
  const reader = createNodeReader(null);
  for (const event of [...events, source('capture', 'stopped', { seconds: endsAt, lost: lostPackets })])
    reader.add(event);
  const { lost, benign, stalled } = seenOnTheWire(reader.timeline());
  return {
    lost: lost.map(({ failure, phase }) => `${failure} while ${phase ?? '?'}`),
    benign,
    stalled,
    all: lost,
  };
}

const [here, there] = [
  { address: '10.1.0.33', port: 40_001 },
  { address: '10.2.0.50', port: 8_080 },
];
type End = typeof here;
const tupleOf = (from: End, to: End): Tuple => ({
  src: from.address,
  sport: from.port,
  dst: to.address,
  dport: to.port,
});
interface Said extends Partial<PacketEvent> {
  readonly client?: End;
  readonly server?: End;
}
const toServer = (seconds: number, flags: string, { client = here, server = there, ...more }: Said = {}) =>
  packet(seconds, ['eth0', 'in'], tupleOf(client, server), flags, more);
const toClient = (seconds: number, flags: string, { client = here, server = there, ...more }: Said = {}) =>
  packet(seconds, ['eth0', 'out'], tupleOf(server, client), flags, more);
const opened = (seconds = 1, said: Said = {}) => [
  toServer(seconds, 'S', { seq: 1, ...said }),
  toClient(seconds + 0.001, 'S.', { seq: 500, ack: 2, ...said }),
  toServer(seconds + 0.002, '.', { seq: 2, ack: 501, ...said }),
];
const asks = (seconds: number, seq = 2, said: Said = {}) =>
  toServer(seconds, 'P.', { seq, payloadLength: 9, ...said });
const answers = (seconds: number, seq = 501, said: Said = {}) =>
  toClient(seconds, 'P.', { seq, payloadLength: 9, ...said });

describe('a connection on the wire is lost', () => {
  it('when the attempt is refused', () => {
    assert.deepEqual(seen([toServer(1, 'S', { seq: 1 }), toClient(1.001, 'R.', { ack: 2 })]).lost, [
      'refused while connecting',
    ]);
  });

  it('when it is reset before, and after, an answer', () => {
    assert.deepEqual(seen([...opened(), asks(2), toClient(2.1, 'R', { seq: 501 })]).lost, [
      'reset while awaiting',
    ]);
    assert.deepEqual(seen([...opened(), asks(2), answers(2.1), toClient(2.2, 'R', { seq: 510 })]).lost, [
      'reset while idle',
    ]);
  });

  it('when it is closed with a request unanswered', () => {
    const events = [
      ...opened(),
      asks(2),
      toClient(2.1, 'F.', { seq: 501 }),
      toClient(2.2, 'R', { seq: 502 }),
    ];
    assert.deepEqual(seen(events).lost, ['closed while awaiting']);
  });

  it('when nobody saw it begin', () => {
    assert.deepEqual(seen([asks(2), toClient(2.1, 'R', { seq: 501 })]).lost, ['reset while awaiting']);
  });

  it('when nothing of it but its RST was captured', () => {
    assert.deepEqual(seen([toClient(2.1, 'R', { seq: 501 })]).lost, ['reset while idle']);
  });

  it('by IPv6, too', () => {
    const said = {
      client: { address: 'fd00::33', port: 40_001 },
      server: { address: 'fd00::50', port: 8_080 },
    };
    const { lost, all } = seen([
      ...opened(1, said),
      asks(2, 2, said),
      toClient(2.1, 'R', { seq: 501, ...said }),
    ]);
    assert.deepEqual(lost, ['reset while awaiting']);
    assert.equal(all[0]?.client?.address, 'fd00::33');
  });

  it('when its client sends again until it gives up', () => {
    const again = [2.2, 2.6, 3.4].map((seconds) => asks(seconds, 2, { retransmission: true }));
    assert.deepEqual(seen([...opened(), asks(2), ...again, toServer(5, 'F.', { seq: 11 })]).lost, [
      'timeout while awaiting',
    ]);
    const attempts = [1, 2, 4].map((seconds) => toServer(seconds, 'S', { seq: 1 }));
    assert.deepEqual(seen(attempts, 60).lost, ['timeout while connecting']);
  });

  it('once, though translation shows it twice: legs are joined by their numbers', () => {
    const { lost, all } = seen([...talk(), ...question(2.05, 35), ...serverRst()]);
    assert.deepEqual(lost, ['reset while awaiting']);
    assert.deepEqual(all[0]?.target, { address: asked.dst, port: asked.dport });
    assert.ok(all[0].legs.includes(`${leaves.dst}:${leaves.dport}`));
  });

  it('twice, when its port serves twice', () => {
    const second = [toServer(5, 'S', { seq: 9_001 }), toClient(5.001, 'R.', { ack: 9_002 })];
    assert.deepEqual(seen([...opened(), asks(2), toClient(2.1, 'R', { seq: 501 }), ...second]).lost, [
      'reset while awaiting',
      'refused while connecting',
    ]);
  });

  it('alone, when the same port of the client speaks to another server', () => {
    const other = { server: { address: '10.2.0.51', port: 8_080 } };
    const events = [
      ...opened(),
      ...opened(1.1, { ...other, seq: 70 }),
      asks(2),
      answers(2.1, 900, other),
      toClient(2.2, 'R', { seq: 501 }),
    ];
    const { lost, all } = seen(events);
    assert.deepEqual(lost, ['reset while awaiting']);
    assert.equal(all[0]?.target.address, there.address);
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

describe('a connection that nobody saw begin', () => {
  it('is of the one who dialled another time, whatever its port: translation gives low ones, too', () => {
    const [low, dialled] = [{ address: '10.1.0.33', port: 1_223 }, { client: { ...here, port: 40_777 } }];
    const { all } = seen([
      ...opened(1, { ...dialled, seq: 9_000 }),
      asks(2, 2, { client: low }),
      toClient(2.001, 'R', { seq: 501, client: low }),
    ]);
    assert.deepEqual(
      all.map(({ client, target }) => [client, target]),
      [[low, there]],
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

describe('a connection on the wire is not lost', () => {
  it('by a RST after both sides had closed', () => {
    const fins = [toServer(3, 'F.', { seq: 11 }), toClient(3.1, 'F.', { seq: 510 })];
    const { lost, benign } = seen([
      ...opened(),
      asks(2),
      answers(2.1),
      ...fins,
      toServer(3.2, 'R', { seq: 12 }),
    ]);
    assert.deepEqual([lost, benign], [[], 1]);
  });

  it('by the RST of a client that had its answer', () => {
    const { lost, benign } = seen([
      ...opened(),
      asks(2),
      answers(2.1),
      toServer(3, 'R.', { seq: 11, ...live, flags: 'R.' }),
    ]);
    assert.deepEqual([lost, benign], [[], 1]);
  });

  it('when it was asked of a server whose goodbye its own kernel had acknowledged, with nothing unanswered', () => {
    const closed = [...opened(), asks(2), answers(2.1), toClient(3, 'F.', { seq: 510 })];
    const [knew, crossed] = [511, 510].map((ack) => [
      ...closed,
      asks(3.2, 11, { ack }),
      toClient(3.201, 'R', { seq: 511 }),
    ]);
    assert.deepEqual([seen(knew ?? []).lost, seen(knew ?? []).benign], [[], 1]);
    assert.deepEqual(seen(crossed ?? []).lost, ['closed while awaiting']);
    // What was asked before the goodbye stays unanswered.
    const before = [...opened(), asks(2), toClient(3, 'F.', { seq: 501 }), asks(3.2, 11, { ack: 502 })];
    assert.deepEqual(seen([...before, toClient(3.201, 'R', { seq: 502 })]).lost, ['closed while awaiting']);
  });

  it('but stalled, when what was sent again is unanswered at the end of the capture', () => {
    const again = [2.2, 2.6, 3.4].map((seconds) => asks(seconds, 2, { retransmission: true }));
    const { lost, stalled } = seen([...opened(), asks(2), ...again], 3.5);
    assert.deepEqual([lost, stalled], [[], 1]);
  });

  it('when all that was sent again was answered', () => {
    const { lost, stalled, benign } = seen([
      ...opened(),
      asks(2),
      asks(2.2, 2, { retransmission: true }),
      ...[answers(2.3, 501, { ack: 11 })],
    ]);
    assert.deepEqual([lost, stalled, benign], [[], 0, 0]);
  });
});

describe('the next attempts of a client', () => {
  it('are those that failed within ten seconds, the first first', () => {
    const attempt = (seconds: number, port: number) => {
      const client = { ...here, port };
      return [
        toServer(seconds, 'S', { client, seq: port }),
        toClient(seconds + 0.001, 'R.', { client, ack: port + 1 }),
      ];
    };
    const events = [
      ...opened(),
      asks(2),
      toClient(2.1, 'R', { seq: 501 }),
      ...attempt(3, 40_003),
      ...attempt(2.5, 40_002),
      ...attempt(20, 40_004),
    ];
    const [first] = seen(events, 30).all;
    assert.deepEqual(
      first?.afterwards.map(({ failure }) => failure),
      ['refused', 'refused'],
    );
    const times = first.afterwards.map((one) => one.at);
    assert.deepEqual(times, times.toSorted());
  });
});
