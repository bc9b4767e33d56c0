// What a capture has lost, or says wrongly: as much as can be read is read, and the rest is counted.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PacketEvent } from '../../src/model/node-event.ts';
import { createCaptureFile } from '../../src/packets/capture-file.ts';
import { tcpFlags } from '../../src/packets/tcp-packet.ts';
import { cooked, madeFrame, madePcap, madePcapng, packetBlocks } from './made-capture.ts';

function read(bytes: Buffer): { events: PacketEvent[]; limits: readonly string[] } {
  const events: PacketEvent[] = [];
  const file = createCaptureFile({ node: 'n', file: 'x.pcap' }, (event) => events.push(event));
  for (let at = 0; at < bytes.length; at += 10_000) file.push(bytes.subarray(at, at + 10_000));
  return { events, limits: file.end().limits };
}

const seqs = (events: readonly PacketEvent[]) => events.map(({ seq }) => seq);
const reset = (seq: number, stamp?: number) =>
  madeFrame({ seq, flags: tcpFlags.rst, ...(stamp === undefined ? {} : { stamp }) });

describe('packets that cannot be read', () => {
  it('are told apart: no TCP, and cut off, which may be anything', () => {
    const udp = reset(9);
    udp[14 + 9] = 17;
    const arp = Buffer.concat([reset(9).subarray(0, 12), Buffer.from([8, 6]), Buffer.alloc(28)]);
    for (const captured of [20, 40, 53]) {
      const { events, limits } = read(
        madePcap([
          { at: 1, data: reset(1) },
          { at: 1, data: reset(2), captured },
          { at: 1, data: udp },
          { at: 1, data: udp, captured: 40 },
          { at: 1, data: arp, captured: 30 },
        ]),
      );
      assert.deepEqual(seqs(events), [1]);
      assert.deepEqual(limits, [
        '3 packets are no TCP',
        '1 packets are cut off before the end of their headers, and may be RSTs',
      ]);
    }
  });

  it('are none where only the options are cut off, of which then nothing is claimed', () => {
    const { events, limits } = read(
      madePcap([
        { at: 1, data: reset(1, 5), captured: 54 },
        { at: 1, data: reset(2, 5) },
        { at: 1, data: reset(3), captured: 54 },
      ]),
    );
    assert.deepEqual(
      events.map(({ hasTimestampOption }) => hasTimestampOption),
      [null, true, false],
    );
    assert.match(events[0]?.text ?? '', /options cut off/);
    assert.deepEqual(limits, []);
  });

  it('are none where headers are as long as they can be', () => {
    const frame = reset(1, 5);
    const options = Buffer.alloc(28, 1);
    const [ip, tcp] = [frame.subarray(14, 34), frame.subarray(34)];
    ip[0] = 0x4f;
    ip.writeUInt16BE(60 + 60, 2);
    tcp[12] = 15 << 4;
    const long = [
      frame.subarray(0, 14),
      ip,
      Buffer.alloc(40, 1),
      tcp.subarray(0, 20),
      options,
      tcp.subarray(20),
    ];
    const { events } = read(madePcap([{ at: 1, data: cooked(Buffer.concat(long), 'in', 3) }], 276));
    assert.deepEqual(
      events.map(({ seq, hasTimestampOption }) => [seq, hasTimestampOption]),
      [[1, true]],
    );
  });
});

describe('a record that is longer than packets mostly are', () => {
  it('is passed where the file says that it has such; what follows is read', () => {
    const long = madeFrame({ seq: 1, payload: 300_000 });
    const records = [
      { at: 1, data: long },
      { at: 1, data: reset(2) },
    ];
    assert.ok(seqs(read(madePcap(records, 1, 400_000)).events).includes(2));
    const unexpected = read(madePcap(records));
    assert.deepEqual(unexpected.events, []);
    assert.match(
      unexpected.limits.join(),
      /a record of 300054 bytes is longer than any packet; what follows/,
    );
  });
});

describe('a pcapng file', () => {
  const records = [1, 2, 3].map((seq) => ({ at: seq, data: reset(seq), from: seq % 2 }));

  it('may have packets in the obsolete block', () => {
    const { events, limits } = read(madePcapng(['a', 'b'], records, packetBlocks.obsolete));
    assert.deepEqual(
      events.map((event) => [event.seq, event.interface, event.at.slice(17)]),
      [
        [1, 'b', '01.000000Z'],
        [2, 'a', '02.000000Z'],
        [3, 'b', '03.000000Z'],
      ],
    );
    assert.deepEqual(limits, []);
  });

  it('may have packets without a time, which have an order', () => {
    const { events, limits } = read(madePcapng(['a', 'b'], records, packetBlocks.simple));
    assert.deepEqual(
      events.map((event) => [event.seq, event.interface]),
      [
        [1, 'a'],
        [2, 'a'],
        [3, 'a'],
      ],
    );
    assert.deepEqual(
      events.map(({ at }) => at),
      events.map(({ at }) => at).toSorted(),
    );
    assert.deepEqual(limits, ['3 packets have no time of their own, and are known by their order alone']);
  });

  it('tells interfaces without a name apart', () => {
    const { events } = read(madePcapng([null, null], records));
    assert.deepEqual(
      events.map((event) => event.interface),
      ['if1', 'if0', 'if1'],
    );
  });

  it('whose packet claims more than its block holds loses that one, and says so', () => {
    const bytes = madePcapng(['a', 'b'], records);
    // The captured length of the second packet: 54 bytes in a block of 88.
    bytes.writeUInt32LE(4_000, bytes.length - 2 * 88 + 20);
    const { events, limits } = read(bytes);
    assert.deepEqual(seqs(events), [1, 3]);
    assert.deepEqual(limits, ['1 packets have no interface, or are shorter than they say']);
  });

  it('whose block has two lengths is read up to it, and says so', () => {
    const end = (bytes: Buffer) => bytes.length - 2 * 88;
    for (const at of [4, 84]) {
      for (const length of [12, 84, 92, 88 + 44]) {
        const bytes = madePcapng(['a', 'b'], records);
        bytes.writeUInt32LE(length, end(bytes) + at);
        const { events, limits } = read(bytes);
        assert.deepEqual(seqs(events), [1], `${length} at ${at}`);
        assert.match(limits.join(), /lengths at the two ends of a block differ; what follows cannot be read/);
      }
    }
  });
});
