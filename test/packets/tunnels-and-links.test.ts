// Whatever carries a connection's packets, the connection is what is read; what it was in is kept as evidence.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IcmpErrorEvent, PacketEvent } from '../../src/model/node-event.ts';
import { createCaptureFile } from '../../src/packets/capture-file.ts';
import { tcpFlags } from '../../src/packets/tcp-packet.ts';
import { madeFrame, madePcap } from './made-capture.ts';
import { geneve, gre, icmpError, ipInIp, ipOf, loopback, nflogged, outer, tagged, vxlan } from './wrapped.ts';

function read(linkType: number, ...frames: readonly Buffer[]) {
  const events: PacketEvent[] = [];
  const errors: IcmpErrorEvent[] = [];
  const file = createCaptureFile(
    { node: 'n', file: 'x' },
    (event) => events.push(event),
    (event) => errors.push(event),
  );
  file.push(
    madePcap(
      frames.map((data, index) => ({ at: 1 + index / 1_000, data })),
      linkType,
    ),
  );
  return { events, errors, ...file.end() };
}

const families = [4, 6] as const;
const reset = (family: 4 | 6, seq = 7) =>
  madeFrame({ family, seq, sport: 4_000, flags: tcpFlags.rst | tcpFlags.ack, stamp: 5 });
const tupleOf = (family: 4 | 6) =>
  family === 4
    ? { src: '10.0.0.1', dst: '10.0.0.2', sport: 4_000, dport: 80 }
    : { src: 'fd00::1', dst: 'fd00::2', sport: 4_000, dport: 80 };

/** The one packet of the capture, which must be the RST whatever it was in. */
function only(linkType: number, frame: Buffer, family: 4 | 6): PacketEvent {
  const { events, limits } = read(linkType, frame);
  assert.deepEqual(limits, []);
  const [event, ...others] = events;
  assert.deepEqual(others, []);
  assert.ok(event);
  assert.deepEqual(
    [event.tuple, event.seq, event.flags, event.ttl, event.payloadLength, event.hasTimestampOption],
    [tupleOf(family), 7, 'R.', 64, 0, true],
  );
  return event;
}

describe('a link layer', () => {
  for (const family of families) {
    it(`of the BSD loopback, both byte orders, is read: IPv${family}`, () => {
      for (const linkType of [0, 108])
        for (const order of ['LE', 'BE'] as const)
          for (const number of [10, 24, 28, 30])
            only(linkType, loopback(reset(family), order, number), family);
    });

    it(`of the netfilter log, both byte orders, tells direction and interface by its hook: IPv${family}`, () => {
      for (const order of ['LE', 'BE'] as const) {
        const seen = ([hook, inward, outward]: [number, (number | undefined)?, (number | undefined)?]) => {
          const event = only(239, nflogged(reset(family), order, hook, inward, outward), family);
          return [event.direction, event.interface];
        };
        assert.deepEqual(seen([1, 3]), ['in', 'if3']);
        assert.deepEqual(seen([3, undefined, 4]), ['out', 'if4']);
        assert.deepEqual(seen([2, 3, 4]), ['unknown', 'if4']);
      }
    });

    it(`with tags of any kind, one or two, is read: IPv${family}`, () => {
      for (const types of [[0x8100], [0x88a8, 0x8100], [0x9100, 0x8100]])
        only(1, tagged(reset(family), ...types), family);
      const sll = Buffer.concat([
        Buffer.from([0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0]),
        tagged(reset(family), 0x8100).subarray(12),
      ]);
      assert.equal(only(113, sll, family).direction, 'out');
    });

    it(`that is none is read under each of its numbers: IPv${family}`, () => {
      for (const linkType of [101, 12, 14, family === 4 ? 228 : 229])
        only(linkType, ipOf(reset(family)), family);
    });
  }
});

describe('a tunnel', () => {
  for (const family of families) {
    const frame = reset(family);
    const cases: Readonly<Record<string, readonly [Buffer, string]>> = {
      VXLAN: [vxlan(frame, 42), 'VXLAN 42'],
      'VXLAN by its former port': [vxlan(frame, 0x123456, 8_472), 'VXLAN 1193046'],
      'VXLAN with a tag inside': [vxlan(tagged(frame, 0x8100), 1), 'VXLAN 1'],
      Geneve: [geneve(frame, 5), 'Geneve 5'],
      'Geneve with options': [geneve(frame, 5, 252), 'Geneve 5'],
      'Geneve without Ethernet': [geneve(frame, 5, 8, 'ip'), 'Geneve 5'],
      'IP in IP': [ipInIp(frame), family === 4 ? 'IPIP' : '6in4'],
      GRE: [gre(frame, {}), 'GRE'],
      'GRE with all its fields': [gre(frame, { checksum: true, key: 9, sequence: true }), 'GRE 9'],
      'GRE with a sequence alone': [gre(frame, { sequence: true }), 'GRE'],
      'GRE of Ethernet': [gre(frame, { key: 3_000_000_000, inner: 'frame' }), 'GRE 3000000000'],
    };
    for (const [name, [bytes, words]] of Object.entries(cases))
      it(`is looked into and named: ${name}, IPv${family}`, () => {
        assert.match(
          only(1, bytes, family).text,
          new RegExp(`, via 172\\.16\\.0\\.1 > 172\\.16\\.0\\.2 ${words}$`),
        );
        assert.match(only(101, ipOf(bytes), family).text, new RegExp(`${words}$`));
      });

    it(`over IPv6 is looked into and named, with IPv${family} inside`, () => {
      assert.match(only(1, vxlan(frame, 42, 4_789, 6), family).text, /, via fc00::1 > fc00::2 VXLAN 42$/);
      assert.match(only(1, ipInIp(frame, 6), family).text, family === 4 ? /fc00::2 4in6$/ : /fc00::2 6in6$/);
    });

    it(`in a tunnel is named after it: IPv${family}`, () => {
      assert.match(
        only(1, vxlan(ipInIp(frame), 1), family).text,
        /, via 172\.16\.0\.1 > 172\.16\.0\.2 VXLAN 1, 172\.16\.0\.1 > 172\.16\.0\.2 (IPIP|6in4)$/,
      );
    });
  }

  it('of another network is another one, though the addresses are the same', () => {
    const texts = [1, 2, 1].map((network) => only(1, vxlan(reset(4), network), 4).text.split('VXLAN ')[1]);
    assert.deepEqual(texts, ['1', '2', '1']);
    const { events } = read(1, vxlan(reset(4), 1), vxlan(reset(4), 2), reset(4));
    assert.deepEqual(
      events.map(({ text }) => /VXLAN .*/.exec(text)?.[0]),
      ['VXLAN 1', 'VXLAN 2', undefined],
    );
  });

  it('that carries no TCP, or is none for all its port, is passed by as what it is', () => {
    const other = outer(17, Buffer.from([1, 2, 0x12, 0xb5, 0, 12, 0, 0, 0, 0, 0, 0]));
    const { events, limits } = read(1, other, vxlan(madeArp(), 1), gre(reset(4), {}).subarray(0, 30));
    assert.deepEqual(events, []);
    assert.deepEqual(limits, ['3 packets are no TCP']);
  });

  it('whose packet is cut off inside may have carried a RST', () => {
    const whole = vxlan(reset(4), 1);
    for (const captured of [43, 50, 60, 80, 100]) {
      const file = createCaptureFile({ node: 'n', file: 'x' }, () => undefined);
      file.push(madePcap([{ at: 1, data: whole, captured }]));
      const { limits, unreadable } = file.end();
      assert.deepEqual(
        limits,
        ['1 packets are cut off before the end of their headers, and may be RSTs'],
        `${captured}`,
      );
      assert.equal(unreadable, 1);
    }
  });
});

function madeArp(): Buffer {
  return Buffer.concat([reset(4).subarray(0, 12), Buffer.from([8, 6]), Buffer.alloc(28)]);
}

describe('a later fragment', () => {
  it('is counted apart: it may be TCP, and has no header of it', () => {
    const later = reset(4);
    later.writeUInt16BE(0x2003, 14 + 6);
    const later6 = Buffer.concat([
      reset(6).subarray(0, 54),
      Buffer.from([6, 0, 0, 9, 0, 0, 0, 1]),
      reset(6).subarray(54),
    ]);
    later6[14 + 6] = 44;
    const { limits } = read(1, later, later6);
    assert.deepEqual(limits, ['2 packets are fragments without a header of TCP']);
  });
});

describe('an error about a TCP packet', () => {
  const says: Readonly<
    Record<string, readonly [family: 4 | 6, type: number, code: number, mtu: number, words: string]>
  > = {
    'fragmentation needed': [4, 3, 4, 1_400, 'ICMP fragmentation needed, mtu 1400'],
    'fragmentation needed, by an old router': [4, 3, 4, 0, 'ICMP fragmentation needed'],
    'host unreachable': [4, 3, 1, 0, 'ICMP host unreachable'],
    'time exceeded': [4, 11, 0, 0, 'ICMP time exceeded in transit'],
    'packet too big': [6, 2, 0, 1_280, 'ICMP6 packet too big, mtu 1280'],
    'no route': [6, 1, 0, 0, 'ICMP6 no route'],
    'time exceeded, IPv6': [6, 3, 0, 0, 'ICMP6 time exceeded in transit'],
  };
  for (const [name, [family, type, code, mtu, words]] of Object.entries(says))
    it(`becomes an event: ${name}`, () => {
      const quoted = (family === 4 ? 20 : 40) + 8;
      const { errors, events, limits } = read(1, icmpError(reset(family), type, code, mtu, quoted));
      assert.deepEqual([events, limits], [[], []]);
      const [src, dst] = family === 4 ? ['172.16.0.1', '172.16.0.2'] : ['fc00::1', 'fc00::2'];
      const { src: from, dst: to } = tupleOf(family);
      assert.deepEqual(errors, [
        {
          ...{
            event: 'icmp-error',
            at: '1970-01-01T00:00:01.000000Z',
            source: 'capture',
            node: 'n',
            file: 'x',
          },
          text: `unknown ? ${src} > ${dst}: ${words}, about ${from}.4000 > ${to}.80`,
          ...{
            interface: 'unknown',
            direction: 'unknown',
            src,
            dst,
            type,
            code,
            mtu: mtu === 0 ? null : mtu,
          },
          tuple: tupleOf(family),
        },
      ]);
    });

  it('in a tunnel, and about a packet in a tunnel, is of the inner connection', () => {
    const about = icmpError(vxlan(reset(4), 42), 3, 4, 1_450, 200);
    const { errors } = read(1, about, vxlan(icmpError(reset(4), 3, 1, 0), 7));
    assert.deepEqual(
      errors.map(({ tuple }) => tuple),
      [tupleOf(4), tupleOf(4)],
    );
    assert.match(errors[1]?.text ?? '', / via 172\.16\.0\.1 > 172\.16\.0\.2 VXLAN 7$/);
  });

  it('is none where it quotes no TCP, or too little of it, and no error where it is none', () => {
    const udp = reset(4);
    udp[14 + 9] = 17;
    const { errors, limits } = read(
      1,
      icmpError(udp, 3, 3, 0),
      icmpError(reset(4), 3, 1, 0, 23),
      icmpError(reset(4), 8, 0, 0),
    );
    assert.deepEqual([errors, limits], [[], ['3 packets are no TCP']]);
  });
});
