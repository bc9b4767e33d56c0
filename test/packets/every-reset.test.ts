// What a capture promises: each RST in it comes out exactly once, whatever stands around it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { seededRandom, type Random } from '../../src/model/random.ts';
import type { PacketEvent } from '../../src/model/node-event.ts';
import { createCaptureFile } from '../../src/packets/capture-file.ts';
import type { CapturedPacket } from '../../src/packets/captured-packet.ts';
import { createFlowKeeper, defaultKeeperBounds } from '../../src/packets/flow-keeper.ts';
import { tcpFlags } from '../../src/packets/tcp-packet.ts';
import { madeFrame, madePcap, type MadeRecord } from './made-capture.ts';
import { madePacket, madeReset } from './made-packet.ts';
import { recorded } from './recording.ts';

function readAll(bytes: Buffer, random?: Random): { events: PacketEvent[]; limits: readonly string[] } {
  const events: PacketEvent[] = [];
  const file = createCaptureFile({ node: 'n', file: 'x.pcap' }, (event) => events.push(event));
  for (let at = 0; at < bytes.length;) {
    const size = random === undefined ? bytes.length : 1 + Math.floor(random.next() * 20_000);
    file.push(bytes.subarray(at, at + size));
    at += size;
  }
  return { events, limits: file.end().limits };
}

interface Made extends MadeRecord {
  readonly flow: number;
  readonly isReset: boolean;
}

const start = 1_795_000_000;

/** How the stamps of a series lie: what each adds to the time before, and how far a single one may be off. */
const kinds = {
  'in order, with quiet times of all lengths': { quiet: 0.03, jitter: 0, back: 0 },
  'slightly out of order': { quiet: 0.01, jitter: 0.5, back: 0 },
  'of a clock that is set back and forth': { quiet: 0.01, jitter: 0.01, back: 0.01 },
} as const;

/** Each packet has its own number, which is its sequence number. */
function series(random: Random, { quiet, jitter, back }: (typeof kinds)[keyof typeof kinds]): Made[] {
  const flows = 1 + Math.floor(random.next() * 30);
  const resets = random.next() * 0.3;
  const lengths = [3, 7.5, 9, 40, 4_000];
  const made: Made[] = [];
  let time = start;
  for (let number = 1; number <= 500; number += 1) {
    time += random.next() * 0.05;
    if (random.next() < quiet) time += lengths[Math.floor(random.next() * lengths.length)] ?? 0;
    if (random.next() < back) time += (random.next() < 0.5 ? 1 : -1) * random.next() * 100;
    const flow = Math.floor(random.next() * flows);
    const isReset = random.next() < resets;
    const at = Math.round((time + random.next() * jitter) * 1e6) / 1e6;
    const flags = isReset ? tcpFlags.rst : tcpFlags.ack;
    made.push({ at, flow, isReset, data: madeFrame({ sport: 1_000 + flow, seq: number, flags }) });
  }
  return made;
}

describe('each RST of a capture comes out exactly once', () => {
  for (const [name, kind] of Object.entries(kinds)) {
    it(`from a series ${name}, in pieces of any size`, () => {
      for (let seed = 1; seed <= 60; seed += 1) {
        const random = seededRandom(seed);
        const made = series(random, kind);
        const { events, limits } = readAll(madePcap(made), random);
        assert.deepEqual(limits, []);
        const numbers = events.map(({ seq }) => seq).sort((a, b) => a - b);
        assert.equal(new Set(numbers).size, numbers.length, `seed ${seed}: a packet came twice`);
        const resets = events.filter(({ flags }) => flags === 'R').map(({ seq }) => seq);
        const expected = made.flatMap(({ isReset }, index) => (isReset ? [index + 1] : []));
        assert.deepEqual(
          resets.sort((a, b) => a - b),
          expected,
          `seed ${seed}`,
        );
        // Where the clock jumps, which packets lie around a RST is not a question of their stamps alone.
        if (kind.back === 0) assert.deepEqual(numbers, wanted(made), `seed ${seed}`);
      }
    });
  }

  it('however little memory there is', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = seededRandom(seed);
      const kept: CapturedPacket[] = [];
      const ringBytes = [1, 600, 10_000, 32e6][seed % 4] ?? 0;
      const keeper = createFlowKeeper({ ...defaultKeeperBounds, ringBytes }, (packet) => kept.push(packet));
      const all: CapturedPacket[] = [];
      for (let at = 1; all.length < 400; at += random.next() * (random.next() < 0.02 ? 20 : 0.1)) {
        const sport = 1_000 + Math.floor(random.next() * 5);
        const packet = random.next() < 0.05 ? madeReset(at, sport) : madePacket({ at, sport });
        all.push(packet);
        keeper.add(packet);
      }
      assert.equal(new Set(kept).size, kept.length);
      const isReset = ({ tcp }: CapturedPacket) => tcp.flags === tcpFlags.rst;
      assert.deepEqual(new Set(kept.filter(isReset)), new Set(all.filter(isReset)), `seed ${seed}`);
    }
  });

  it('from floods: of one flow, and of many flows within a second', () => {
    const flood = (count: number, flows: number) =>
      Array.from({ length: count }, (_, number) => ({
        at: start + number / 1e5,
        data: madeFrame({ sport: 1 + (number % flows), seq: number, flags: tcpFlags.rst }),
      }));
    for (const flows of [1, 60_000]) {
      const { events } = readAll(madePcap(flood(60_000, flows)));
      assert.equal(new Set(events.map(({ seq }) => seq)).size, 60_000, `${flows} flows`);
    }
  });

  it('from a capture in which nothing follows for seconds, as tcpdump counts them', (t) => {
    const name = 'quiet-after-reset.pcap';
    const { events } = readAll(recorded(name));
    const resets = events.filter(({ flags }) => flags.includes('R'));
    assert.deepEqual(
      resets.map(({ tuple, flags }) => `${tuple.src} ${tuple.sport} ${flags}`),
      ['10.61.0.2 7004 R.', '10.61.0.2 9 R.', 'fd61::2 7005 R.'],
    );
    const path = resolve(import.meta.dirname, '../recorded/observe', name);
    const counted = spawnSync('tcpdump', ['-nr', path, 'tcp[tcpflags] & tcp-rst != 0'], { encoding: 'utf8' });
    if (counted.error !== undefined) t.diagnostic('tcpdump is not here to count');
    // That filter looks at IPv4 alone.
    else assert.equal(counted.stdout.trim().split('\n').length, 2);
  });

  it('a clock that was set back does not stop a node’s observer from keeping more', () => {
    const kept: CapturedPacket[] = [];
    const bounds = { ...defaultKeeperBounds, flowsPerSecond: 10 };
    const keeper = createFlowKeeper(bounds, (packet) => kept.push(packet));
    for (let index = 0; index < 30; index += 1) {
      keeper.add(madeReset((index === 0 ? 10_000 : 1_000) + index, index));
    }
    assert.equal(kept.length, 30);
    assert.equal(keeper.leftOut().flows, 0);
  });
});

/** The numbers of all packets that lie in their flow from 5 s before a RST to 2 s after it. */
function wanted(made: readonly Made[]): number[] {
  const resets = Map.groupBy(
    made.filter(({ isReset }) => isReset),
    ({ flow }) => flow,
  );
  const isNear = ({ at }: Made, reset: Made) => at >= reset.at - 5 && at <= reset.at + 2;
  return made.flatMap((packet, index) =>
    (resets.get(packet.flow) ?? []).some((reset) => isNear(packet, reset)) ? [index + 1] : [],
  );
}
