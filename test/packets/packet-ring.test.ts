import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../src/model/random.ts';
import type { CapturedPacket } from '../../src/packets/captured-packet.ts';
import { createPacketRing } from '../../src/packets/packet-ring.ts';
import { createRecentStamps } from '../../src/packets/recent-stamps.ts';
import { madePacket } from './made-packet.ts';

interface Holder {
  readonly packet: CapturedPacket;
}

describe('the ring of packets', () => {
  it('holds at any time exactly the newest packets that age and bytes permit, in their order', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seededRandom(seed);
      const maxBytes = 20_000 + random.next() * 100_000;
      const dropped: Holder[] = [];
      const recent = createRecentStamps(0);
      const onDrop = (packet: Holder) => dropped.push(packet);
      const ring = createPacketRing<Holder>({ maxAgeMicros: 5e6, maxBytes, onDrop }, recent);
      const all: Holder[] = [];
      let at = 0;
      for (let count = 0; count < 3_000; count += 1) {
        at += random.next() * (random.next() < 0.01 ? 4 : 0.1);
        const packet = { packet: madePacket({ at, bytes: Math.ceil(random.next() * 200) }) };
        all.push(packet);
        recent.add(at * 1e6);
        ring.add(packet);
        assert.ok(ring.bytes <= maxBytes);
        if (count % 100 !== 0) continue;
        assert.deepEqual(dropped, all.slice(0, dropped.length));
        const held = all.slice(dropped.length);
        assert.equal(held.length, ring.length);
        assert.ok((held[0]?.packet.at ?? 0) >= packet.packet.at - 5e6);
      }
    }
  });

  it('tells how many packets had to go before their time', () => {
    const recent = createRecentStamps(0);
    let early = 0;
    const onDrop = (_: Holder, isPast: boolean) => (early += isPast ? 0 : 1);
    const ring = createPacketRing<Holder>({ maxAgeMicros: 5e6, maxBytes: 5_000, onDrop }, recent);
    const add = (at: number) => {
      recent.add(at * 1e6);
      ring.add({ packet: madePacket({ at, bytes: 100 }) });
    };
    for (let count = 0; count < 15; count += 1) add(1);
    assert.deepEqual([ring.length, early], [10, 5]);
    add(10);
    assert.deepEqual([ring.length, early], [1, 5]);
  });
});
