import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatFlags, parseTcpPacket } from '../../src/packets/tcp-packet.ts';
import { tupleOf } from '../../src/packets/way.ts';
import { recordedPackets } from './recording.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

// 2001:db8::a:1.8080 > 2001:db8::b:2.40000, [S.], one timestamp option after two paddings.
const tcp = '1f90 9c40 00000001 00000002 8012 ffff 0000 0000 0101080a 0000000100000002';
const ipv6 = (next: string, payload: string) =>
  hex(`60000000 ${payload} ${next} 3f 20010db80000000000000000000a0001 20010db80000000000000000000b0002`);

describe('a TCP packet', () => {
  it('over IPv4 is read as tcpdump reads it: a RST of a kernel without a socket', () => {
    const found = recordedPackets().find((packet) => formatFlags(packet.tcp.flags) === 'R');
    assert.ok(found !== undefined);
    const { way, ...reset } = found.tcp;
    assert.deepEqual(
      { tuple: tupleOf(way), ...reset },
      {
        tuple: { src: '10.44.0.10', dst: '10.44.0.33', sport: 8_080, dport: 26_713 },
        flags: 4,
        seq: 555_213_416,
        ack: 0,
        window: 0,
        ttl: 64,
        ipId: 0,
        dontFragment: true,
        ipLength: 40,
        payloadLength: 0,
        hasTimestampOption: false,
        timestamp: null,
      },
    );
  });

  it('with data and options has their lengths', () => {
    const data = recordedPackets().find((packet) => packet.tcp.payloadLength > 0)?.tcp;
    assert.deepEqual(
      [
        data?.seq,
        data?.payloadLength,
        data?.ipLength,
        data?.hasTimestampOption,
        formatFlags(data?.flags ?? 0),
      ],
      [2_677_647_004, 17, 69, true, 'P.'],
    );
  });

  it('over IPv6 is read, extension headers before it too', () => {
    const plain = parseTcpPacket(Buffer.concat([ipv6('06', '0020'), hex(tcp)]), 72);
    assert.ok(plain !== undefined);
    assert.deepEqual(tupleOf(plain.way), {
      src: '2001:db8::a:1',
      dst: '2001:db8::b:2',
      sport: 8_080,
      dport: 40_000,
    });
    assert.deepEqual(
      [plain.ttl, plain.ipLength, plain.payloadLength, plain.hasTimestampOption],
      [63, 72, 0, true],
    );
    const options = Buffer.concat([ipv6('00', '0028'), hex('06 00 0104 00000000'), hex(tcp)]);
    assert.equal(tupleOf(parseTcpPacket(options, 80)?.way ?? '').dport, 40_000);
    const laterFragment = Buffer.concat([ipv6('2c', '0028'), hex('06 00 0008 00000001'), hex(tcp)]);
    assert.equal(parseTcpPacket(laterFragment, 80), undefined);
    const udp = Buffer.concat([ipv6('11', '0020'), hex(tcp)]);
    assert.equal(parseTcpPacket(udp, 72), undefined);
  });

  it('whose header has no length, as offloading leaves it, is as long as it was on the wire', () => {
    const packet = Buffer.from(
      recordedPackets()
        .find(({ tcp: { payloadLength } }) => payloadLength > 0)!
        .record.subarray(36),
    );
    packet.writeUInt16BE(0, 2);
    assert.equal(parseTcpPacket(packet, 70_000)?.payloadLength, 70_000 - 52);
  });

  it('cut off within its header is none; cut off within its options it does not say what was cut', () => {
    const whole = recordedPackets()[0]!.record.subarray(36);
    for (let length = 0; length < 40; length += 1) {
      assert.equal(parseTcpPacket(whole.subarray(0, length), whole.length), undefined, `${length} bytes`);
    }
    // From its kind on it is known to be there, but not its value.
    const options = whole.subarray(40);
    const kind = options.indexOf(Buffer.of(8, 10));
    for (let length = 0; length <= options.length; length += 1) {
      const read = parseTcpPacket(whole.subarray(0, 40 + length), whole.length);
      assert.equal(read?.hasTimestampOption, length > kind ? true : null, `${length} bytes of options`);
      const value = length >= kind + 6 ? options.readUInt32BE(kind + 2) : null;
      assert.equal(read.timestamp, value, `${length} bytes of options`);
    }
  });

  it('names its flags in the order of tcpdump', () => {
    const names = [0, 2, 18, 16, 24, 17, 4, 20, 255].map(formatFlags);
    assert.deepEqual(names, ['none', 'S', 'S.', '.', 'P.', 'F.', 'R', 'R.', 'FSRP.UEW']);
  });
});
