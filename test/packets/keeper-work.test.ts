// Work is counted, not timed: how often a packet is looked at until it is kept or gone, for so many packets and for six times as many.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../src/model/random.ts';
import { createFlowKeeper, defaultKeeperBounds } from '../../src/packets/flow-keeper.ts';
import type { CapturedPacket } from '../../src/packets/captured-packet.ts';
import { madePacket, madeReset } from './made-packet.ts';

/** How often what a packet says is asked for, in all. */
function workOf(packets: readonly CapturedPacket[]): { looks: number; kept: number } {
  let [looks, kept] = [0, 0];
  const without = { packetsPerFlow: Infinity, packetsPerSecond: Infinity, flowsPerSecond: Infinity };
  const bounds = { ...defaultKeeperBounds, ...without, unordered: 4_096 };
  const keeper = createFlowKeeper(bounds, () => (kept += 1));
  for (const packet of packets) {
    keeper.add(
      new Proxy(packet, {
        get(target, name, receiver) {
          looks += 1;
          return Reflect.get(target, name, receiver) as unknown;
        },
      }),
    );
  }
  return { looks, kept };
}

const times = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Each has RSTs in proportion to `count`. */
const worlds: Readonly<Record<string, (count: number) => CapturedPacket[]>> = {
  'of many flows, in order': (count) =>
    times(count).flatMap((index) => {
      const [at, sport] = [1 + index / 500, 1_000 + index];
      return [madePacket({ at, sport }), madeReset(at + 0.001, sport)];
    }),
  'of many flows, with stamps in no order': (count) => {
    const random = seededRandom(20_117);
    return times(count).flatMap((index) => {
      const [at, sport] = [10 + index / 500 + 6 * random.next(), 1_000 + index];
      return [madePacket({ at, sport }), madeReset(at + 0.001, sport)];
    });
  },
  'of one flow, with stamps in no order': (count) => {
    const random = seededRandom(20_118);
    return times(count).map((index) => madeReset(10 + index / 500 + 6 * random.next()));
  },
  'of one flow, each earlier than the one before': (count) =>
    times(count).flatMap((index) => [
      madePacket({ at: 1_000 - index / 500, seq: index }),
      madeReset(1_000.001 - index / 500),
    ]),
  'with the same numbers': (count) =>
    times(count).map((index) => ({ ...madeReset(1 + index / 500, 1_000), flow: `flow ${index}` })),
  'now and then, among packets of flows in order': (count) =>
    times(10 * count).map((index) =>
      index % 100 === 0
        ? madeReset(1 + index / 5_000, 1_000 + (index % 7))
        : madePacket({ at: 1 + index / 5_000, sport: 1_000 + (index % 50), seq: index }),
    ),
};

describe('keeping what lies around RSTs', () => {
  for (const [what, make] of Object.entries(worlds))
    it(`is work in proportion: RSTs ${what}`, () => {
      const [once, sixfold] = [workOf(make(500)), workOf(make(3_000))];
      assert.ok(once.kept > 0 && sixfold.kept >= 5 * once.kept);
      assert.ok(
        sixfold.looks <= 7 * once.looks,
        `${once.looks} looks, and ${sixfold.looks} for six times as much`,
      );
    });
});
