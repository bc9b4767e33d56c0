import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../src/model/random.ts';
import type { CapturedPacket } from '../../src/packets/captured-packet.ts';
import { createFlowKeeper, defaultKeeperBounds, type KeeperBounds } from '../../src/packets/flow-keeper.ts';
import { formatFlags, tcpFlags } from '../../src/packets/tcp-packet.ts';
import { tupleOf } from '../../src/packets/way.ts';
import { madePacket, madeReset } from './made-packet.ts';
import { recordedPackets } from './recording.ts';

function keepAll(packets: readonly CapturedPacket[], bounds: Partial<KeeperBounds> = {}) {
  const kept: CapturedPacket[] = [];
  const keeper = createFlowKeeper({ ...defaultKeeperBounds, ...bounds }, (packet) => kept.push(packet));
  for (const packet of packets) keeper.add(packet);
  return { kept, left: keeper.leftOut() };
}

const times = (packets: readonly CapturedPacket[]) => packets.map((packet) => packet.at / 1e6);

describe('of the packets of a node are kept', () => {
  it('those of a flow from 5 s before its RST to 2 s after it, and none of other flows', () => {
    const steps = Array.from({ length: 40 }, (_, index) => index / 2);
    const packets = steps.flatMap((at) => [
      at === 10 ? madeReset(at) : madePacket({ at }),
      madePacket({ at, sport: 2_000 }),
    ]);
    const { kept } = keepAll(packets);
    assert.ok(kept.every((packet) => tupleOf(packet.tcp.way).sport === 1_000));
    assert.deepEqual(
      times(kept),
      steps.filter((at) => at >= 5 && at <= 12),
    );
  });

  it('those of a flow that somebody else knows to be in trouble, before it and after', () => {
    const kept: CapturedPacket[] = [];
    const keeper = createFlowKeeper(defaultKeeperBounds, (packet) => kept.push(packet));
    const { fin, ack } = tcpFlags;
    const packets = [1, 7, 9].map((at) => madePacket({ at, flags: fin | ack, payloadLength: 0 }));
    for (const packet of packets) keeper.add(packet);
    keeper.add(madePacket({ at: 9, sport: 2_000 }));
    assert.deepEqual(kept, []);
    keeper.trouble(packets[0]?.flow ?? '', 9e6);
    keeper.trouble('nobody', 9e6);
    for (const at of [10, 12]) keeper.add(madePacket({ at, payloadLength: 0 }));
    assert.deepEqual(times(kept), [7, 9, 10]);
  });

  it('the last ones before the RST, and the RST itself, of a flow that says more than there is room for', () => {
    const talk = Array.from({ length: 3_000 }, (_, index) => madePacket({ at: 6 + index / 1_000 }));
    const { kept, left } = keepAll([
      ...talk,
      madeReset(9),
      ...talk.map((_, index) => madePacket({ at: 9 + index / 2_000 })),
    ]);
    const resetAt = kept.findIndex((packet) => packet.tcp.flags === tcpFlags.rst);
    assert.equal(resetAt, 1_000);
    assert.deepEqual(times(kept.slice(0, resetAt)), times(talk.slice(-1_000)));
    assert.equal(kept.length, 2_000);
    assert.equal(left.packets, 4_001);
  });

  it('each RST of flows that are reset together, whatever they had said before', () => {
    const ports = Array.from({ length: 100 }, (_, index) => 1_000 + index);
    const talk = Array.from({ length: 400 }, (_, index) =>
      ports.map((sport) => madePacket({ at: 5 + index / 100, sport })),
    );
    const { kept } = keepAll([...talk.flat(), ...ports.map((sport) => madeReset(9, sport))]);
    const resets = kept.filter((packet) => packet.tcp.flags === tcpFlags.rst);
    assert.equal(new Set(resets.map((packet) => packet.flow)).size, 100);
  });

  it('exactly the packets within such a window, each once, whatever the traffic', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const random = seededRandom(seed);
      const packets: CapturedPacket[] = [];
      for (let at = 0; at < 60; at += random.next() * 0.05) {
        const sport = 1_000 + Math.floor(random.next() * 8);
        packets.push(random.next() < 0.004 ? madeReset(at, sport) : madePacket({ at, sport }));
      }
      const resets = packets.filter((packet) => packet.tcp.flags === tcpFlags.rst);
      const expected = packets.filter((packet) =>
        resets.some(({ flow, at }) => flow === packet.flow && packet.at >= at - 5e6 && packet.at <= at + 2e6),
      );
      const { kept } = keepAll(packets);
      assert.equal(new Set(kept).size, kept.length);
      assert.deepEqual(
        kept.toSorted((a, b) => a.at - b.at),
        expected,
        `seed ${seed}`,
      );
      for (const flow of new Set(kept.map((packet) => packet.flow))) {
        const own = kept.filter((packet) => packet.flow === flow);
        assert.deepEqual(
          own,
          own.toSorted((a, b) => a.at - b.at),
        );
      }
    }
  });

  it('all legs of a translated flow: the recorded one has three, and one RST finds every packet of it', () => {
    const packets = recordedPackets();
    const first = packets.findIndex((packet) => formatFlags(packet.tcp.flags) === 'R');
    const { kept } = keepAll(packets.slice(0, first + 1));
    assert.deepEqual(
      kept.toSorted((a, b) => a.at - b.at),
      packets.slice(0, first + 1),
    );
    const toClient = kept.map((packet) => tupleOf(packet.tcp.way)).filter(({ dst }) => dst === '10.44.0.33');
    const legs = toClient.map(({ src, sport, dport }) => `${src}:${sport} ${dport}`);
    assert.deepEqual([...new Set(legs)].sort(), [
      '10.44.0.10:8080 26713',
      '10.44.0.10:8080 38990',
      '10.48.14.50:8080 38990',
    ]);
  });

  it('a flow whose SYN is repeated, and one whose data is sent three times, but not twice', () => {
    const syn = (at: number, seenBefore: number) =>
      madePacket({ at, flags: tcpFlags.syn, payloadLength: 0, seq: 7, seenBefore });
    assert.equal(keepAll([syn(1, 0)]).kept.length, 0);
    assert.equal(keepAll([syn(1, 0), syn(2, 1)]).kept.length, 2);
    const data = [0, 1, 2].map((seenBefore) => madePacket({ at: 1 + seenBefore, seq: 7, seenBefore }));
    assert.equal(keepAll(data.slice(0, 2)).kept.length, 0);
    assert.equal(keepAll(data).kept.length, 3);
  });

  it('no more of one flow, and no more flows and packets in a second, than the bounds say; the rest is counted', () => {
    const flood = Array.from({ length: 100 }, (_, index) => madeReset(1 + index / 1_000));
    const one = keepAll(flood, { packetsPerFlow: 15 });
    // Twice as many of those that open and end connections.
    assert.deepEqual([one.kept.length, one.left.packets], [30, 70]);

    const flows = Array.from({ length: 100 }, (_, index) => madeReset(1 + index / 1_000, index));
    const many = keepAll(flows, { flowsPerSecond: 10 });
    assert.deepEqual([many.kept.length, many.left.flows], [10, 90]);
    const next = keepAll([...flows, madeReset(3, 500)], { flowsPerSecond: 10 });
    assert.equal(next.kept.length, 11);

    const inAll = keepAll([...flows, ...[3, 4, 5].map((at) => madeReset(at, 500))], { packetsInAll: 40 });
    assert.deepEqual([inAll.kept.length, inAll.left.beyondAll], [40, 63]);
    // In files a RST is never left out.
    const resets = keepAll(flows, { packetsInAll: 40, everyReset: true });
    assert.deepEqual([resets.kept.length, resets.left.beyondAll], [100, 0]);

    const packets = keepAll(flows, { packetsPerSecond: 25 });
    assert.deepEqual([packets.kept.length, packets.left.packets], [50, 50]);
  });
});
