// Packets vanish, and somebody has the capture of one interface on one side: what may be said of it, and what must not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnoseWire } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent, PacketEvent, Tuple } from '../../src/model/node-event.ts';
import { packet } from './made-by-hand.ts';

const question: Tuple = { src: '10.1.0.33', sport: 40_001, dst: '10.2.0.50', dport: 8_080 };
const answer: Tuple = { src: '10.2.0.50', sport: 8_080, dst: '10.1.0.33', dport: 40_001 };

/** What a file of tcpdump tells of one interface, so many routers from the client and from the server. */
function heardAt(hops: { readonly client: number; readonly server: number }) {
  const say = (tuple: Tuple, ttl: number) => (seconds: number, flags: string, more: Partial<PacketEvent>) =>
    packet(seconds, ['unknown', 'unknown', 'tcpdump'], tuple, flags, { ttl, ...more });
  const [client, server] = [say(question, 64 - hops.client), say(answer, 64 - hops.server)];
  const live = { window: 500, hasTimestampOption: true };
  return {
    client: (seconds: number, flags: string, more: Partial<PacketEvent> = {}) =>
      client(seconds, flags, { ...live, ...more }),
    server: (seconds: number, flags: string, more: Partial<PacketEvent> = {}) =>
      server(seconds, flags, { ...live, ...more }),
    bareOfClient: (seconds: number, seq: number) => client(seconds, 'R', { seq }),
  };
}
type Heard = ReturnType<typeof heardAt>;

const handshake = ({ client, server }: Heard) => [
  client(1, 'S', { seq: 1 }),
  server(1.001, 'S.', { seq: 500, ack: 2 }),
  client(1.002, '.', { seq: 2, ack: 501 }),
];
const asks = ({ client }: Heard, seconds: number, seq: number, more: Partial<PacketEvent> = {}) =>
  client(seconds, 'P.', { seq, ack: 501 + (seq - 2), payloadLength: 10, ...more });
const answered = (heard: Heard, seconds: number, seq: number) => [
  asks(heard, seconds, seq),
  heard.server(seconds + 0.001, 'P.', { seq: 501 + (seq - 2), ack: seq + 10, payloadLength: 10 }),
  heard.client(seconds + 0.002, '.', { seq: seq + 10, ack: 501 + (seq - 2) + 10 }),
];
/** So long after, the capture still runs. */
const later = packet(20, ['unknown', 'unknown', 'tcpdump'], { ...question, sport: 40_999 }, '.', { seq: 7 });

function told(events: readonly NodeEvent[]) {
  const [finding, another] = diagnoseWire([...events, later], causeModels);
  assert.ok(finding !== undefined && another === undefined);
  return finding;
}
const said = (events: readonly NodeEvent[]) => {
  const { cause, author, rivals, suspects } = told(events);
  return { cause, author, rivals: rivals.map((one) => one.cause), suspects };
};

describe("on the client's side, what was sent again until it was given up", () => {
  const heard = heardAt({ client: 0, server: 3 });
  const inVain = (from: number, seq: number) => [
    asks(heard, from, seq),
    ...[0.2, 0.6].map((after) => asks(heard, from + after, seq, { retransmission: true })),
  ];

  it('just after all was well vanished on the way, or was refused with ICMP: no entry runs out so soon, and a full table spares those that it has', () => {
    const { cause, author, rivals } = said([
      ...handshake(heard),
      ...answered(heard, 2, 2),
      ...inVain(2.1, 12),
    ]);
    assert.deepEqual([cause, author], ['unknown', 'unknown']);
    assert.ok(rivals.includes('silent-drop') && rivals.includes('policy-reject'));
    assert.ok(!rivals.includes('conntrack-expired'));
  });

  it('after a silence may have been dropped for want of an entry', () => {
    const { cause, author, rivals } = said([
      ...handshake(heard),
      ...answered(heard, 2, 2),
      ...inVain(3.2, 12),
    ]);
    assert.deepEqual([cause, author], ['unknown', 'unknown']);
    for (const one of ['silent-drop', 'conntrack-expired', 'conntrack-table-full'])
      assert.ok(rivals.includes(one), one);
  });

  it('before there was a connection may have found the table full', () => {
    const { cause, rivals } = said([1, 2].map((seconds) => heard.client(seconds, 'S', { seq: 1 })));
    assert.equal(cause, 'unknown');
    for (const one of ['silent-drop', 'conntrack-table-full']) assert.ok(rivals.includes(one), one);
    assert.ok(!rivals.includes('conntrack-expired'));
  });
});

describe("on the server's side, a client that is gone when its late question is answered", () => {
  const heard = heardAt({ client: 3, server: 0 });
  const until = [...handshake(heard), ...answered(heard, 2, 2)];
  const resetAt = (seconds: number) => [
    asks(heard, seconds, 12),
    heard.server(seconds + 0.001, 'P.', { seq: 511, ack: 22, payloadLength: 10 }),
    heard.bareOfClient(seconds + 0.002, 22),
  ];

  it('may have gone in silence, with its FIN lost like its other words: the hole is named among the rest', () => {
    const { cause, suspects, rivals } = said([...until, ...resetAt(2.9)]);
    assert.equal(cause, 'unknown');
    for (const one of ['nobody', 'client-application', 'client-kernel'] as const)
      assert.ok(suspects.includes(one), one);
    assert.ok(rivals.includes('silent-drop') && rivals.includes('conntrack-invalid'), rivals.join());
  });

  it('had no time to, when it had just been heard', () => {
    const { suspects, rivals } = said([...until, ...resetAt(2.1)]);
    assert.ok(!suspects.includes('nobody') && !rivals.includes('silent-drop'));
    assert.ok(suspects.includes('client-kernel'));
  });

  /** The server speaks by itself: what it says, and at 2.62 says again. */
  const pushes = (seconds: number, seq: number, more: Partial<PacketEvent> = {}) =>
    heard.server(seconds, 'P.', { seq, ack: 12, payloadLength: 24, ...more });
  const spokenTo = [...until, pushes(2.2, 511), pushes(2.4, 535)];
  const comesLate = [
    asks(heard, 2.9, 12, { ack: 559 }),
    heard.server(2.9001, 'P.', { seq: 559, ack: 22, payloadLength: 48 }),
    heard.bareOfClient(2.9003, 22),
  ];

  it('may have gone though its late word has heard the server: it was said before it came', () => {
    const again = pushes(2.62, 511, { payloadLength: 48, retransmission: true });
    const { suspects, rivals } = said([...spokenTo, again, ...comesLate]);
    assert.ok(suspects.includes('nobody'), suspects.join());
    for (const one of ['one-way-drop', 'silent-drop', 'client-aborted'])
      assert.ok(rivals.includes(one), rivals.join());
  });

  it('may have gone though its kernel acknowledges the repetition: its number tells of words that never came here', () => {
    const again = pushes(2.62, 511, { payloadLength: 48, retransmission: true });
    const acknowledges = (seq: number) => [
      heard.client(2.6201, '.', { seq, ack: 559 }),
      heard.server(2.6202, 'P.', { seq: 559, ack: 12, payloadLength: 48 }),
      heard.bareOfClient(2.6203, 12),
    ];
    const [missed, whole] = [22, 12].map((seq) => said([...spokenTo, again, ...acknowledges(seq)]));
    assert.ok(missed?.suspects.includes('nobody') && missed.rivals.includes('one-way-drop'));
    assert.ok(whole !== undefined && !whole.suspects.includes('nobody'), whole?.suspects.join());
  });

  it('may have gone just after it was heard, where what it had said before never came: nor does its FIN then', () => {
    const goesAfter = (seq: number) =>
      said([
        ...until,
        pushes(2.2, 511),
        heard.client(2.2001, '.', { seq, ack: 535 }),
        pushes(2.25, 535),
        heard.client(2.2501, '.', { seq, ack: 559 }),
        pushes(2.3, 559),
        heard.bareOfClient(2.3001, 12),
      ]);
    const { suspects, rivals } = goesAfter(22);
    assert.ok(suspects.includes('nobody'), suspects.join());
    assert.ok(rivals.includes('one-way-drop'), rivals.join());
    assert.ok(!goesAfter(12).suspects.includes('nobody'));
  });

  it('may have gone where nothing is kept of it but its last word, which was said again perhaps', () => {
    const { suspects, rivals } = said(resetAt(2.9));
    assert.ok(suspects.includes('nobody'), suspects.join());
    for (const one of ['silent-drop', 'peer-host-gone']) assert.ok(rivals.includes(one), rivals.join());
  });

  it('had no time to, where the server did not wait for its word', () => {
    const { suspects } = said([...until, pushes(2.8, 511), pushes(2.85, 535), ...comesLate]);
    assert.ok(!suspects.includes('nobody'), suspects.join());
  });
});

describe('an entry', () => {
  const heard = heardAt({ client: 0, server: 3 });
  const resetAfter = (seconds: number) =>
    said([
      ...handshake(heard),
      ...answered(heard, 2, 2),
      asks(heard, seconds, 12),
      heard.server(seconds + 0.001, 'R', { seq: 511, window: 0, hasTimestampOption: false }),
    ]);

  it('may have expired when nothing was said for a second, and not when there was an answer just before', () => {
    assert.ok(resetAfter(3.2).rivals.includes('conntrack-expired'));
    assert.ok(!resetAfter(2.5).rivals.includes('conntrack-expired'));
  });
});
