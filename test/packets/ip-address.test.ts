import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { describe, it } from 'node:test';
import { seededRandom } from '../../src/model/random.ts';
import { formatIpv4, formatIpv6 } from '../../src/packets/ip-address.ts';

const v6 = (hex: string) => formatIpv6(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 0);

describe('an address', () => {
  it('of IPv4 is dotted', () => {
    assert.equal(formatIpv4(Buffer.from([9, 10, 44, 0, 255]), 1), '10.44.0.255');
  });

  it('of IPv6 is written as RFC 5952 says', () => {
    assert.equal(v6('20010db8 00000000 00000000 00000001'), '2001:db8::1');
    assert.equal(v6('00000000 00000000 00000000 00000001'), '::1');
    assert.equal(v6('00000000 00000000 00000000 00000000'), '::');
    assert.equal(v6('fe800000 00000000 00000000 00000000'), 'fe80::');
    assert.equal(
      v6('20010db8 00000001 00010001 00010001'),
      '2001:db8:0:1:1:1:1:1',
      'one zero is not shortened',
    );
    assert.equal(
      v6('20010db8 00000000 00010000 00000001'),
      '2001:db8::1:0:0:1',
      'the first of two equal runs',
    );
    assert.equal(v6('00000000 00000000 0000ffff 0a2c000a'), '::ffff:10.44.0.10');
  });

  it('of IPv6 is always one that can be read back to the same', () => {
    const random = seededRandom(1);
    for (let round = 0; round < 500; round += 1) {
      const bytes = Buffer.from(
        Array.from({ length: 16 }, () => (random.next() < 0.6 ? 0 : Math.floor(random.next() * 256))),
      );
      const text = formatIpv6(bytes, 0);
      assert.ok(isIPv6(text), text);
      assert.equal(
        new URL(`http://[${text}]`).hostname,
        new URL(`http://[${bytes.toString('hex').match(/.{4}/g)!.join(':')}]`).hostname,
      );
    }
  });
});
