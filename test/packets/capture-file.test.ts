import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCaptureFile, type CaptureFileReport } from '../../src/packets/capture-file.ts';
import type { PacketEvent } from '../../src/model/node-event.ts';
import { recorded } from './recording.ts';

function read(bytes: Buffer, size = bytes.length): { events: PacketEvent[]; report: CaptureFileReport } {
  const events: PacketEvent[] = [];
  const file = createCaptureFile({ node: 'node-1', file: 'x.pcap' }, (event) => events.push(event));
  for (let at = 0; at < bytes.length; at += size) file.push(bytes.subarray(at, at + size));
  return { events, report: file.end() };
}

// The same packets as tcpdump wrote them, and as editcap made pcapng of them; the other one was captured by dumpcap on Ethernet.
const pcap = recorded('looped-flow.pcap');
const pcapng = recorded('looped-flow.pcapng');
const ethernet = recorded('rejected-on-loopback.pcapng');

describe('a capture that somebody else made', () => {
  it('gives the packets around its resets, on each leg', () => {
    const { events, report } = read(pcap);
    assert.deepEqual(report, { packets: 14, tcp: 14, kept: 14, unreadable: 0, limits: [] });
    assert.equal(events.length, 14);
    const [first] = events.filter((event) => event.flags === 'R').sort((a, b) => (a.at < b.at ? -1 : 1));
    assert.equal(first?.tuple.dport, 26_713);
    assert.equal(first.direction, 'in');
  });

  it('says the same as pcapng, in pieces of any size', () => {
    const { events } = read(pcap);
    for (const size of [pcapng.length, 1, 7, 64])
      assert.deepEqual(read(pcapng, size).events, events, `${size}`);
  });

  it('on Ethernet has the interface by name, and no direction', () => {
    const { events, report } = read(ethernet);
    assert.equal(report.packets, 45);
    assert.deepEqual(report.limits, []);
    assert.ok(events.some((event) => event.flags === 'R'));
    for (const event of events) {
      assert.equal(event.interface, 'lo');
      assert.equal(event.direction, 'unknown');
      assert.match(event.text, /^lo \? 127\.0\.0\.1/);
    }
  });

  it('cut off anywhere gives what came before, and says so', () => {
    for (const bytes of [pcap, pcapng, ethernet]) {
      let last = 0;
      for (let length = 1; length < bytes.length; length += 1) {
        const { report } = read(bytes.subarray(0, length));
        assert.ok(report.packets >= last, `${length} bytes`);
        last = report.packets;
      }
    }
    assert.match(read(pcapng.subarray(0, 700)).report.limits.join(), /ends within a block/);
    assert.match(read(pcap.subarray(0, 700)).report.limits.join(), /ends within a packet/);
  });

  it('that is none, is empty, or has another link type says what it is', () => {
    assert.deepEqual(read(Buffer.from('hello, this is a text file')).report.limits, ['this is no pcap file']);
    assert.deepEqual(read(Buffer.alloc(0)).report.limits, ['the capture is empty']);
    const wireless = Buffer.from(pcap);
    wireless.writeUInt32LE(105, 20);
    const { packets, kept, limits } = read(wireless).report;
    assert.deepEqual(
      { packets, kept, limits },
      { packets: 14, kept: 0, limits: ['14 packets of link type 105 cannot be read'] },
    );
  });

  it('with any byte changed is read as far as it goes, and ends', () => {
    for (const bytes of [pcap, pcapng]) {
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = Buffer.from(bytes);
        changed[at] = 0xff - (changed[at] ?? 0);
        assert.ok(read(changed).report.packets <= 14, `byte ${at}`);
      }
    }
  });
});
