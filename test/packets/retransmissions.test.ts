import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTcp } from '../../src/packets/captured-packet.ts';
import {
  createRetransmissionCounter,
  type RetransmissionCounter,
} from '../../src/packets/retransmissions.ts';
import { tcpFlags } from '../../src/packets/tcp-packet.ts';
import type { PacketEvent } from '../../src/model/node-event.ts';
import { createCaptureFile } from '../../src/packets/capture-file.ts';
import { countRetransmissions } from './count-retransmissions.ts';
import { ends } from './lossy-way.ts';
import { recorded } from './recording.ts';
import { cooked, madeFrame, type MadeFrame } from './made-capture.ts';

type Seen = Partial<MadeFrame> & {
  /** Seconds. */
  readonly at?: number;
  /** Ethernet alone, without it. */
  readonly cooked?: readonly [direction: 'in' | 'out', interfaceIndex?: number];
};

/** Eight bytes at sequence number 7, unless said otherwise. */
function see(counter: RetransmissionCounter, { at = 0, cooked: link, ...frame }: Seen): number {
  const data = madeFrame({ seq: 7, payload: 8, ...frame });
  const [direction, index] = link ?? [];
  const bytes = direction === undefined ? data : cooked(data, direction, index);
  const linkType = direction === undefined ? 1 : index === undefined ? 113 : 276;
  const layers = readTcp(linkType, { at, data: bytes, wireLength: bytes.length, bytes });
  assert.ok(layers !== undefined);
  return counter.seenBefore(at * 1e6, layers.link, layers.tcp);
}

const seeAll = (...seen: readonly Seen[]): number[] => {
  const counter = createRetransmissionCounter();
  return seen.map((one) => see(counter, one));
};

describe('data that is sent again', () => {
  it('is told by its new IP id, on whatever interface, and however soon', () => {
    const again = [{ ipId: 1 }, { ipId: 2, at: 0.000_2 }, { ipId: 3, at: 0.3 }];
    assert.deepEqual(seeAll(...again), [0, 1, 2]);
    const elsewhere = [{ ipId: 1 }, { ipId: 2, macs: [3, 4], ttl: 63 }] as const;
    assert.deepEqual(seeAll(...elsewhere), [0, 1]);
  });

  it('is told by the new time in it where there is no id: in IPv6, and where all are 0', () => {
    for (const same of [{ family: 6 }, { ipId: 0 }] as const) {
      const sent = [{ stamp: 100 }, { stamp: 104, at: 0.004 }, { stamp: 104, at: 0.004, ttl: 63 }];
      assert.deepEqual(seeAll(...sent.map((one) => ({ ...same, ...one }))), [0, 1, 1]);
    }
  });

  it('is told by its passing the same place again later where there is neither', () => {
    const frame = { family: 6 } as const;
    assert.deepEqual(seeAll(frame, { ...frame, at: 0.25 }, { ...frame, at: 0.75 }), [0, 1, 2]);
    // So soon it may be another sighting of the same.
    assert.deepEqual(seeAll(frame, { ...frame, at: 0.02 }), [0, 0]);
  });

  it('is each flow’s own', () => {
    assert.deepEqual(seeAll({ ipId: 1 }, { ipId: 2, sport: 9 }, { ipId: 3, src: 2, dst: 1 }), [0, 0, 0]);
    assert.deepEqual(seeAll({ ipId: 1 }, { ipId: 2, seq: 8 }), [0, 0]);
  });

  it('is a SYN as well, but no packet without data', () => {
    const empty = { payload: 0 };
    assert.deepEqual(seeAll({ ...empty, ipId: 1 }, { ...empty, ipId: 2, at: 1 }), [0, 0]);
    const syn = { ...empty, flags: tcpFlags.syn };
    assert.deepEqual(seeAll({ ...syn, ipId: 1 }, { ...syn, ipId: 2, at: 1 }), [0, 1]);
  });

  it('is not that of a new connection over the same ports', () => {
    const syn = { seq: 6, flags: tcpFlags.syn, payload: 0 };
    assert.deepEqual(seeAll({ ipId: 1 }, { ...syn, ipId: 2 }, { ipId: 3 }), [0, 0, 0]);
  });

  it('is forgotten with the flow that was quiet for longest', () => {
    const counter = createRetransmissionCounter(2);
    let ipId = 0;
    const next = (seq: number, sport: number) => see(counter, { seq, sport, ipId: (ipId += 1) });
    next(7, 1);
    next(7, 2);
    next(8, 1);
    next(7, 3);
    assert.equal(next(8, 1), 1);
    assert.equal(next(7, 2), 0);
  });
});

describe('a packet that is captured again', () => {
  const way: Readonly<Record<string, readonly Seen[]>> = {
    'on veth, bridge and uplink, on Ethernet': [
      { macs: [1, 2] },
      { macs: [1, 2], at: 0.000_01 },
      { macs: [3, 4], ttl: 63, at: 0.000_03 },
    ],
    'on each interface of cooked captures': [
      { cooked: ['in', 4] },
      { cooked: ['in', 3] },
      { cooked: ['out', 2], ttl: 63 },
    ],
    'on each interface of cooked captures that do not tell it': [
      { cooked: ['in'] },
      { cooked: ['in'] },
      { cooked: ['out'], ttl: 63 },
    ],
    'by a second machine, whose clock is off': [{}, { ttl: 60, macs: [3, 4], at: 40 }, { ttl: 60, at: -3 }],
  };
  const senders = {
    'with id and time': { ipId: 5, stamp: 9 },
    'with an id': { ipId: 5 },
    'of IPv6 with time': { family: 6, stamp: 9 },
    'of IPv6': { family: 6 },
    'without an id': { ipId: 0 },
  } as const;
  for (const [where, seen] of Object.entries(way)) {
    for (const [what, sender] of Object.entries(senders)) {
      it(`${where}, ${what}, was not sent again`, () => {
        assert.deepEqual(
          seeAll(...seen.map((one) => ({ ...sender, ...one }))),
          seen.map(() => 0),
        );
      });
    }
  }

  it('whose id a router cleared on its way is still the same', () => {
    assert.deepEqual(seeAll({ ipId: 5, stamp: 9 }, { ipId: 0, stamp: 9, ttl: 63 }), [0, 0]);
  });

  it('after it was sent again is told from the one before, which may come by late', () => {
    const first = { ipId: 1, stamp: 100 };
    const second = { ipId: 2, stamp: 350, at: 0.25 };
    const elsewhere = { macs: [3, 4], ttl: 63 } as const;
    const seen = [first, second, { ...second, ...elsewhere }, { ...first, ...elsewhere, at: 0.26 }];
    assert.deepEqual(seeAll(...seen), [0, 1, 1, 0]);
  });
});

describe('packets that waited together somewhere', () => {
  it('and left in another order were not sent again there', () => {
    const times = [0, 1, 3, 7, 15, 31];
    for (const sender of [{ ipId: 0 }, { family: 6 }] as const) {
      const sent = times.map((at) => ({ ...sender, at, stamp: 1 + at * 1_000 }));
      const late = sent.toReversed().map((one) => ({ ...one, macs: [3, 4] as const, at: 32 }));
      const counter = createRetransmissionCounter();
      assert.deepEqual(
        sent.map((one) => see(counter, one)),
        [0, 1, 2, 3, 4, 5],
      );
      const counted = late.map((one) => see(counter, one));
      assert.deepEqual(counted.slice(0, 4), [5, 4, 3, 2]);
      // Those before are forgotten, but not taken for new ones.
      assert.ok(
        counted.every((before) => before <= 5),
        counted.join(),
      );
    }
  });
});

describe('one byte before all that is to come', () => {
  it('asks whether the peer is there, and is not data sent again', () => {
    const ask = (at: number) => ({ seq: 14, payload: 1, ipId: at, at });
    assert.deepEqual(seeAll({ ipId: 1 }, ask(60), ask(120), ask(180)), [0, 0, 0, 0]);
  });

  it('that a segment began with is data, and can be sent again', () => {
    const byte = (ipId: number, seq: number) => ({ seq, payload: 1, ipId, at: ipId });
    assert.deepEqual(seeAll({ ipId: 1 }, byte(2, 15), byte(3, 15), byte(4, 16)), [0, 0, 1, 0]);
    const wrapped = [{ seq: 2 ** 32 - 8, ipId: 1 }, byte(2, 0), byte(3, 0)];
    assert.deepEqual(seeAll(...wrapped), [0, 0, 1]);
  });
});

describe('a recorded capture of three interfaces, which saw each packet up to three times', () => {
  // What the kernels of both ends counted: TcpRetransSegs, while a router lost 15% of the packets. See lossy-way.ts.
  const counted = { 4: { client: 3, server: 3 }, 6: { client: 4, server: 11 } };
  for (const family of [4, 6] as const) {
    const bytes = recorded(`three-interfaces-v${family}.pcap`);

    it(`has as many retransmissions as the kernels counted, IPv${family}`, () => {
      const { client, server } = ends[family];
      const again = countRetransmissions(bytes);
      assert.deepEqual({ client: again.get(client), server: again.get(server) }, counted[family]);
    });

    it(`makes no event of a retransmission that was none, IPv${family}`, () => {
      const events: PacketEvent[] = [];
      const file = createCaptureFile({ node: 'n', file: 'x.pcap' }, (event) => events.push(event));
      file.push(bytes);
      file.end();
      const { client, server } = counted[family];
      const again = events.filter(({ retransmission }) => retransmission);
      assert.ok(again.length <= 3 * (client + server), `${again.length} events`);
    });
  }
});
