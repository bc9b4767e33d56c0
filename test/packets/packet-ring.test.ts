import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../src/model/random.ts';
import { createPacketRing } from '../../src/packets/packet-ring.ts';
import { madePacket } from './made-packet.ts';

describe('the ring of packets', () => {
  it('holds at any time exactly the newest packets that age and bytes permit, in their order', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seededRandom(seed);
      const maxBytes = 20_000 + random.next() * 100_000;
      const ring = createPacketRing({ maxAgeMicros: 5e6, maxBytes });
      const all = [];
      let at = 0;
      for (let count = 0; count < 3_000; count += 1) {
        at += random.next() * (random.next() < 0.01 ? 4 : 0.1);
        const packet = madePacket({ at, bytes: Math.ceil(random.next() * 200) });
        all.push(packet);
        ring.add(packet);
        assert.ok(ring.bytes <= maxBytes);
        if (count % 100 !== 0) continue;
        const held = [...ring.from(0)];
        assert.deepEqual(held, all.slice(all.length - held.length));
        assert.equal(held.length, ring.length);
        assert.ok((held[0]?.at ?? 0) >= packet.at - 5e6);
      }
    }
  });

  it('tells how many packets had to go before their time', () => {
    const ring = createPacketRing({ maxAgeMicros: 5e6, maxBytes: 5_000 });
    for (let count = 0; count < 15; count += 1) ring.add(madePacket({ at: 1, bytes: 100 }));
    assert.deepEqual([ring.length, ring.crowdedOut], [10, 5]);
    ring.add(madePacket({ at: 10 }));
    assert.deepEqual([ring.length, ring.crowdedOut], [1, 5]);
  });

  it('gives those from a time on', () => {
    const ring = createPacketRing({ maxAgeMicros: 5e6, maxBytes: 50_000 });
    for (const at of [1, 2, 3, 4]) ring.add(madePacket({ at }));
    assert.deepEqual(
      [...ring.from(3e6)].map((packet) => packet.at),
      [3e6, 4e6],
    );
  });
});
